"""Yes and no in words: Y/N, 예/아니오, 해지/유지, churned/active. Which word is which depends on what is asked."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmlab.intake.texts import Distinct, Read, Where

_YES = "true t yes y 1 1.0 o ok on 네 예 있음 참 맞음 여 완료 v ✓ ✔ ○"
_NO = "false f no n 0 0.0 off 아니오 아니요 없음 거짓 아님 부 미완료 ✗ ✘ ×"
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


def read_flags(values: pd.Series, where: Where, role: str) -> Read:
    """Read a column of yes and no as "true" and "false".

    Parameters
    ----------
    values
        Texts, or booleans, which come back as they are.
    where
        The sheet and the column, for messages.
    role
        What is asked, for the words that mean yes: "churned", "granted", ...

    Examples
    --------
    >>> read = read_flags(pd.Series(["해지", "유지", None]), ("people.csv", "상태"), "churned")
    >>> read.values.to_list(), read.said
    (['true', 'false', None], "true for '해지', false for '유지'")
    """
    if pd.api.types.is_bool_dtype(values.dtype):
        return Read(values, "true and false already")
    column = Distinct.of(values)
    known = _known(role)
    found = [known.get(text.lower().strip(" .")) for text in column.texts]
    unknown = np.array([one is None for one in found], bool)
    texts = [raw if one is None else str(one).lower() for raw, one in zip(column.texts, found, strict=True)]
    problems = ()
    if unknown.any():
        what = f"neither a known yes nor a known no for {role}"
        problems = (column.problem(where, unknown, what, "Write true and false, or Y and N."),)
    words = {
        yes: [repr(text) for text, one in zip(column.texts, found, strict=True) if one is yes] for yes in (True, False)
    }
    said = [f"{str(yes).lower()} for {', '.join(those)}" for yes, those in words.items() if those]
    return Read(column.back(texts), ", ".join(said), problems=problems)


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
    yes_or_no = np.array([text.lower().strip(" .") in known for text in column.texts], bool)
    return float(column.counts[yes_or_no].sum() / column.counts.sum())


def _known(role: str) -> dict[str, bool]:
    yes, no = _WORDS.get(role, ("", ""))
    return dict.fromkeys(f"{_YES} {yes}".split(), True) | dict.fromkeys(f"{_NO} {no}".split(), False)
