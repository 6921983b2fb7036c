"""Yes and no in words: Y/N, 예/아니오, 해지/유지, churned/active. Which word is which depends on what is asked."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from crmlab.intake.texts import Distinct, Read, Where

_YES = "true t yes y 1 1.0 o ok on 네 예 있음 참 맞음 여 완료 v ✓ ✔ ○"
_NO = "false f no n 0 0.0 off 아니오 아니요 없음 거짓 아님 부 미완료 ✗ ✘ ×"
_PLAIN = frozenset(f"{_YES} {_NO}".split())
_WORDS = {
    "churned": (
        "churned churn cancelled canceled closed left lost terminated ended expired inactive quit leaver "
        "해지 해약 이탈 탈퇴 종료 만료 중단 비활성 해지완료 이탈고객 해지고객",
        "active retained stayed current open live running stayer existing "
        "유지 이용중 사용중 정상 활성 가입 가입중 계약중 유지고객 이용 사용 진행중",
    ),
    "granted": (
        "granted agreed opt-in optin accepted consent 동의 수신 허용",
        "denied refused opt-out optout 거부 미동의 수신거부",
    ),
    "accepted": ("accepted won taken 수락 선택 채택 계약", "rejected lost declined 거절 미선택 미채택"),
    "success": ("success won bought kept converted 성공 구매 전환 유지", "failure lost failed 실패 미구매 미전환 이탈"),
}


def read_flags(values: pd.Series, where: Where, role: str, turned: bool | None = False) -> Read:
    """Read a column of yes and no as "true" and "false".

    Parameters
    ----------
    values
        Texts, or booleans, which come back as they are.
    where
        The sheet and the column, for messages.
    role
        What is asked, for the words that mean yes: "churned", "granted", ...
    turned
        Whether a plain yes answers the opposite of the role; None where that is not known, and is asked. Words of the
        role itself, such as 해지 and 유지 for "churned", mean what they say.

    Examples
    --------
    >>> read = read_flags(pd.Series(["해지", "유지", None]), ("people.csv", "상태"), "churned")
    >>> read.values.to_list(), read.said
    (['true', 'false', None], "true for '해지', false for '유지'")
    >>> read_flags(pd.Series(["Y", "N"]), ("people.csv", "유지여부"), "churned", turned=True).values.to_list()
    ['false', 'true']
    """
    if pd.api.types.is_bool_dtype(values.dtype) and turned is False:
        return Read(values, "true and false already")
    column = Distinct.of(values)
    known = _known(role)
    plain = _plain(column.texts)
    found = [known.get(_bare(text)) for text in column.texts]
    if turned:
        found = [not one if hit else one for one, hit in zip(found, plain, strict=True)]
    unknown = np.array([one is None for one in found], bool)
    texts = [raw if one is None else str(one).lower() for raw, one in zip(column.texts, found, strict=True)]
    problems = ()
    if unknown.any():
        what = f"neither a known yes nor a known no for {role}"
        problems = (column.problem(where, unknown, what, "Write true and false, or Y and N."),)
    if turned is None and plain.any():
        what = f"yes or no, but the name of the column does not say whether a yes is one for {role} or the opposite"
        remedy = f"Say --choose opposite=none if a yes means {role}, or opposite={role} if it means the contrary."
        problems += (column.problem(where, plain, what, remedy),)
    meant = {
        yes: [repr(text) for text, one in zip(column.texts, found, strict=True) if one is yes] for yes in (True, False)
    }
    said = [f"{str(yes).lower()} for {', '.join(those)}" for yes, those in meant.items() if those]
    return Read(column.back(texts), ", ".join(said), problems=problems)


def plain_answers(column: Distinct) -> np.ndarray:
    """Return which rows say a plain yes or no, which answers whatever the column asks.

    Examples
    --------
    >>> plain_answers(Distinct.of(pd.Series(["Y", "유지", None, "0"]))).tolist()
    [True, False, False, True]
    """
    return column.rows(_plain(column.texts))


def flag_share(column: Distinct, role: str = "") -> float:
    """Return the share of rows that say yes or no in words that are known for the role.

    Examples
    --------
    >>> flag_share(Distinct.of(pd.Series(["Y", "n", "perhaps", "Y"]))), flag_share(Distinct.of(pd.Series(["해지"])))
    (0.75, 0.0)
    """
    if not len(column.texts) or len(column.texts) > 20:
        return 0.0
    known = _known(role)
    yes_or_no = np.array([_bare(text) in known for text in column.texts], bool)
    return float(column.counts[yes_or_no].sum() / column.counts.sum())


def _plain(texts: Iterable[str]) -> np.ndarray:
    return np.array([_bare(text) in _PLAIN for text in texts], bool)


def _bare(text: str) -> str:
    return text.lower().strip(" .")


def _known(role: str) -> dict[str, bool]:
    yes, no = _WORDS.get(role, ("", ""))
    return dict.fromkeys(f"{_YES} {yes}".split(), True) | dict.fromkeys(f"{_NO} {no}".split(), False)
