"""Which columns hold what leads to a person: by column and count, and never with a value.

A column is looked at by its contents (`crmlab.checking.identifiers`) and by its heading: what stands under "name" or
"주소" is taken for names and addresses, because no form tells them from other words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from crmlab.checking.identifiers import MAIL, TELEPHONE, find_identifiers

if TYPE_CHECKING:
    import pyarrow as pa

COLUMNS = ("table", "column", "kind", "rows", "share", "within", "why")
# the same forms in RE2, which knows no look-behind but goes through a million texts in half a second
_FORMS = (
    r"\+[0-9 ().-]{8,}|\(?0[1-7][0-9 ().-]{7,}|82[ .-]?\(?[01][0-9 ().-]{7,}",
    r"[0-9]{6}[- ]?[1-8][0-9]{6}|[1-9][0-9]{2}-?[0-9]{2}-?[0-9]{5}|[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]",
    r"[3-69][0-9]{3}[ -]?[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{2}|3[0-9]{3}[ -]?[0-9]{6}[ -]?[0-9]{5}",
)
_WORTH_A_LOOK = rf"@[A-Za-z0-9-]+\.|:[0-9A-Fa-f]*:|(?:^|[^A-Za-z0-9-])(?:{'|'.join(_FORMS)})"
_BARE = r"^\s*[0-9]{10,19}\s*$"
_WHOLE = {"e-mail": rf"^\s*{MAIL}\s*$", "telephone": rf"^\s*(?:{TELEPHONE})\s*$"}
_TRIED = 2000  # bare numbers that decide whether the rest is worth a look
ALMOST_ALL = 0.9
MOST_PASS = 0.5  # of bare numbers only one in ten passes a check digit by chance
_FORMLESS = ("name", "address", "date of birth")
_THINGS = {"products", "vendors"}  # their names are no persons'
_LETTERS = r"(?:^|[^a-z])(?:{})(?:$|[^a-z])"
_HEADINGS = {
    "name": (
        r"name|full_?name|first_?name|last_?name|surname|customer_?name|contact_?name",
        "이름|성명|성함|고객명|담당자명",
    ),
    "address": (r"addr|address|street|home_?address", "주소"),
    "e-mail": (r"e_?mail|mail", "이메일|메일"),
    "telephone": (r"phone|telephone|tel|mobile|cell|fax", "전화|휴대폰|핸드폰|연락처"),
    "date of birth": (r"birth_?da(?:y|te)|date_?of_?birth|dob|born(?:_?on)?", "생년월일|생일"),
    "resident number": (r"ssn|rrn|resident_?(?:no|number|id)", "주민(?:등록)?번호"),
    "account": (r"iban|bank_?account|account_?(?:no|number)", "계좌"),
}


def find_personal(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the columns that seem to hold personal data.

    Parameters
    ----------
    tables
        Frames by table name.

    Returns
    -------
    DataFrame
        One row for each column and kind: `table`, `column`, `kind`, `rows` with it, their `share` of the filled rows,
        `within` ("the whole cell" or "longer text"), and `why` ("contents" or "heading"). No values.

    Examples
    --------
    >>> people = pd.DataFrame({"customer_id": ["a", "b"], "contact": ["kim@example.com", None]})
    >>> find_personal({"customers": people})[["column", "kind", "rows", "within"]].to_dict("records")
    [{'column': 'contact', 'kind': 'e-mail', 'rows': 1, 'within': 'the whole cell'}]
    """
    rows = [
        row for name, frame in tables.items() for column in frame for row in _column(name, str(column), frame[column])
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def texts_of(values: pd.Series, heading: str = "") -> pa.Array | None:
    """Return a column as Arrow text, whole numbers as their digits; None where it can hold no identifier.

    Numbers under a heading of telephones get back the zero that they lost when they became numbers.
    """
    import pyarrow as pa

    types = pd.api.types
    if types.is_bool_dtype(values.dtype) or types.is_datetime64_any_dtype(values.dtype):
        return None
    if types.is_numeric_dtype(values.dtype):
        return _digits(values, heading == "telephone")
    known: Any = values.astype(object).to_numpy()
    try:
        return pa.array(known, type=pa.string(), from_pandas=True)
    except (pa.ArrowException, UnicodeError, TypeError):  # other objects, or half a surrogate pair
        plain = [None if gone else _plain(value) for value, gone in zip(known, values.isna(), strict=True)]
        return pa.array(plain, type=pa.string())


def heading_kind(table: str, column: str) -> str:
    """Return the kind of personal data that a heading promises; "" where it promises none.

    Examples
    --------
    >>> heading_kind("customers", "Full Name"), heading_kind("customers", "휴대폰"), heading_kind("products", "name")
    ('name', 'telephone', '')
    """
    plain = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", column).lower().replace(" ", "_")
    for kind, (english, korean) in _HEADINGS.items():
        if table not in _THINGS and (re.search(_LETTERS.format(english), plain) or re.search(korean, plain)):
            return kind
    return ""


def _digits(values: pd.Series, dialled: bool) -> pa.Array | None:
    """Return numbers of nine digits or more as text; None where there are none, or they carry decimals."""
    import pyarrow as pa

    known = values.to_numpy(float, na_value=np.nan)
    long = np.isfinite(known) & (np.abs(known) >= 1e8) & (np.abs(known) < 2**63) & (known % 1 == 0)
    if not long.any():
        return None
    texts = np.full(len(values), None, dtype=object)
    whole = (
        values[long].astype("int64") if not pd.api.types.is_float_dtype(values.dtype) else known[long].astype("int64")
    )
    numbers = pd.Series(np.asarray(whole)).astype(str)
    texts[long] = "0" + numbers if dialled else numbers
    return pa.array(texts, type=pa.string())


def _plain(value: object) -> str:
    return str(value).encode("utf-8", "replace").decode("utf-8")


def _column(table: str, column: str, values: pd.Series) -> list[tuple[Any, ...]]:
    filled = int(values.notna().sum())
    if not filled:
        return []
    promised = heading_kind(table, column)
    counts, whole = _contents(values, promised)
    rows = [
        (table, column, kind, n, n / filled, "the whole cell" if whole[kind] >= n / 2 else "longer text", "contents")
        for kind, n in counts.items()
    ]
    if promised and not rows and _keeps(promised, values) and not _is_done(values):
        rows.append((table, column, promised, filled, 1.0, "the whole cell", "heading"))
    return rows


def _contents(values: pd.Series, heading: str) -> tuple[Counter[str], Counter[str]]:
    """Return how many rows hold each kind, and in how many of them it is the whole cell."""
    texts = texts_of(values, heading)
    counts, whole = Counter[str](), Counter[str]()
    if texts is None:
        return counts, whole
    for kind, form in _WHOLE.items():  # most personal columns hold nothing else, and Python would take a minute
        fitting, texts = _parted(texts, form)
        counts[kind] = whole[kind] = len(fitting)
    bare, others = _parted(texts, _BARE)
    believed = _believed(bare)
    for one in _parted(texts if believed else others, _WORTH_A_LOOK)[0].value_counts():
        text, n = one["values"].as_py(), one["counts"].as_py()
        alone = re.fullmatch(_BARE, text) is not None
        for kind, found in {found.kind: found for found in find_identifiers(text)}.items():
            if not alone or kind in believed:
                counts[kind] += n
                whole[kind] += n * (found.end - found.start >= len(text.strip()))
    if pd.api.types.is_numeric_dtype(values.dtype):  # an amount may look like a telephone number; all of them do not
        return Counter({kind: n for kind, n in counts.items() if n >= ALMOST_ALL * values.notna().sum()}), whole
    return +counts, whole


def _parted(texts: pa.Array, pattern: str) -> tuple[pa.Array, pa.Array]:
    """Return the texts in which the pattern is found, and the others; what is missing is left out."""
    import pyarrow.compute as pc

    found: Any = pc.match_substring_regex(texts, pattern)  # pyright: ignore[reportAttributeAccessIssue]
    return texts.filter(found), texts.filter(pc.invert(found))  # pyright: ignore[reportAttributeAccessIssue]


def _believed(bare: pa.Array) -> set[str]:
    """Return the kinds that bare numbers are believed to be, because most of a sample of them are."""
    texts = bare.take(np.arange(0, len(bare), max(1, len(bare) // _TRIED))).to_pylist()
    kinds = Counter(found.kind for text in texts for found in find_identifiers(text))
    return {kind for kind, n in kinds.items() if n >= MOST_PASS * len(texts)}


def _keeps(promised: str, values: pd.Series) -> bool:
    """Tell whether a column may hold what its heading promises: a column `email` of yes and no does not."""
    return (promised in _FORMLESS and not _is_flag(values)) or _tells_apart(values)


def _is_done(values: pd.Series) -> bool:
    """Tell whether nothing is left but pseudonyms, or the first days of years."""
    known = values.dropna()
    if pd.api.types.is_datetime64_any_dtype(known.dtype):
        return bool(((known.dt.month == 1) & (known.dt.day == 1)).all())
    return known.dtype == object and bool(known.astype(str).str.fullmatch("[0-9a-f]{32}").all())


def _is_flag(values: pd.Series) -> bool:
    return pd.api.types.is_bool_dtype(values.dtype) or pd.api.types.is_float_dtype(values.dtype)


def _tells_apart(values: pd.Series) -> bool:
    """Tell whether a column of text differs from row to row, as numbers and addresses of persons do."""
    if not (values.dtype == object or pd.api.types.is_string_dtype(values.dtype)):
        return False
    return bool(values.nunique() > max(10, 0.2 * values.notna().sum()))
