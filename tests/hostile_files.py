"""A corpus of bad files: what people have by accident, and what somebody would send on purpose.

Each `Case` says which words follow `crmlab adopt`, and what must come of it: "read" with the right number of orders,
"refused" with words that must be in the message, or "either" where both are right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

ROWS = 30
NAMES = ("김민준", "이서연", "박지호", "최수아", "정도윤")


@dataclass(frozen=True)
class Case:
    """One bad file, the words that follow `crmlab adopt`, what must come of it, and words of the message."""

    name: str
    words: tuple[str, ...]
    must: str = "either"
    said: str = ""
    orders: int = ROWS


def order(n: int) -> list[str]:
    return [f"{n % 7 + 1:04}", f"2025-{n % 12 + 1:02}-{n % 17 + 13:02}", f"{n * 1.5 + 10:.2f}"]


HEADER = ["customer_id", "ordered_at", "amount"]
TABLE = [HEADER, *map(order, range(ROWS))]


def text(rows: Iterable[Iterable[str]] = TABLE, by: str = ",", end: str = "\n") -> str:
    return "".join(by.join(row) + end for row in rows)


def named(rows: Iterable[Iterable[str]] = TABLE) -> str:
    """Return the table with names in it, so that its encoding matters."""
    whole = [list(row) for row in rows]
    return text([[*row, NAMES[n % 5] if n else "name"] for n, row in enumerate(whole)])


def changed(column: int, *values: str) -> str:
    """Return the table with the first cells of a column replaced."""
    rows = [list(row) for row in TABLE]
    for n, value in enumerate(values, 1):
        rows[n][column] = value
    return text([[f'"{cell}"' if set(cell) & set(',\n"') else cell for cell in row] for row in rows])


def column_of(column: int, write: Callable[[int], str], by: str = ",") -> str:
    """Return the table with a whole column written in another way."""
    return text([HEADER, *([*row[:column], write(n), *row[column + 1 :]] for n, row in enumerate(TABLE[1:]))], by)


class Corpus:
    """A folder that fills with bad files.

    Parameters
    ----------
    folder
        New or empty.
    large
        Bytes of the files that are to be large.
    """

    def __init__(self, folder: Path, large: int = 50_000_000) -> None:
        self.folder, self.large = folder, large
        self.cases: list[Case] = []

    def add(
        self,
        name: str,
        data: str | bytes,
        must: str = "either",
        said: str = "",
        *words: str,
        orders: int = ROWS,
        end: str = "csv",
    ) -> Path:
        path = self.folder / f"{name}.{end}"
        path.write_bytes(data.encode("utf-8") if isinstance(data, str) else data)
        self.cases.append(Case(name, (str(path), *words), must, said, orders))
        return path

    def point(
        self, name: str, words: Iterable[object], must: str = "either", said: str = "", orders: int = ROWS
    ) -> None:
        self.cases.append(Case(name, tuple(map(str, words)), must, said, orders))


def encodings(to: Corpus) -> None:
    for name in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp949", "euc-kr"):
        to.add(f"korean in {name}", named().encode(name), "read")
    western = named().translate(
        {ord(old): new for old, new in zip("김민준이서연박지호최수아정도윤", "éèüößñçàâêîôûäå", strict=True)}
    )
    for old, new in (
        ("éèü", "Zoé Müller"),
        ("ößñ", "Groß"),
        ("çàâ", "François"),
        ("êîô", "Benoît"),
        ("ûäå", "Åse Bjørn"),
    ):
        western = western.replace(old, new)
    to.add("western in cp1252", western.encode("cp1252"), "read")
    to.add("western in latin-1", western.encode("latin-1"), "read")
    lines = named().splitlines(keepends=True)
    halves = ("".join(lines[:15]), "".join(lines[15:]))
    to.add("mixed utf-8 then cp949", halves[0].encode() + halves[1].encode("cp949"), "refused", "encoding of the other")
    to.add("mixed cp949 then utf-8", halves[0].encode("cp949") + halves[1].encode(), "refused", "encoding of the other")
    to.add("one line of cp1252", named().encode() + "1,2025-01-31,5,Zoé Groß\n".encode("cp1252"), "refused", "line 32")
    to.add(
        "mixed cp949 and cp1252", named().encode("cp949") + "1,2025-01-31,5,René\n".encode("cp1252"), "refused", "line"
    )
    to.add("nul in the middle", text().encode().replace(b"0003", b"00\x003"), "refused", "NUL")
    to.add("nul at the start", b"\0" + text().encode(), "refused", "NUL")
    to.add("nuls alone", b"\0" * 4096, "refused", "NUL")
    to.add("cut within a letter", named().encode()[:-2], "refused", "line 31")
    to.add("mark of utf-8 over cp949", b"\xef\xbb\xbf" + named().encode("cp949"), "refused", "mark")
    to.add("mark of utf-16 over text", b"\xff\xfe" + text().encode() + b"x", "refused", "mark")
    to.add(
        "degrees in a doubtful encoding",
        text().encode() + "1,2025-01-31,5°C\n".encode("cp1252"),
        "refused",
        "--encoding",
    )
    to.add("one syllable", changed(0, "최").encode("cp949"), "refused", "--encoding")
    to.add(
        "chinese in gbk",
        named().replace("김민준", "王小明").replace("이서연", "李娜").encode("gbk", "replace"),
        "either",
    )
    to.add("japanese in shift-jis", changed(0, "田中", "鈴木", "カタカナ").encode("shift-jis"), "refused", "--encoding")
    to.add("russian in cp1251", changed(0, "Анна", "Иван", "Ольга").encode("cp1251"), "refused", "--encoding")
    to.add("noise", bytes(n * 7919 % 251 for n in range(20_000)), "refused")
    to.add("control signs of c1", changed(0, "\x81\x8d").encode("latin-1"), "refused", "--encoding")
    to.add("named encoding that is none", text(), "refused", "no encoding", "--encoding", "no-such")
    to.add("named encoding that packs", text(), "refused", "no encoding", "--encoding", "zip")
    to.add("named encoding that does not fit", named(), "refused", "ascii", "--encoding", "ascii")
    to.add("named encoding that fits", named().encode("cp949"), "read", "", "--encoding", "cp949")


def separators(to: Corpus) -> None:
    for name, by in (("commas", ","), ("semicolons", ";"), ("tabs", "\t"), ("bars", "|"), ("blanks", "  ")):
        to.add(f"separated by {name}", text(by=by), "read")
    to.add("carriage returns alone", text(end="\r"), "read")
    to.add(
        "mixed ends of lines", text(TABLE[:9], end="\r\n") + text(TABLE[9:20], end="\r") + text(TABLE[20:]), "either"
    )
    to.add("a separator at the end of each row", text(end=";\n", by=";"), "read")
    to.add("everything quoted", text([[f'"{cell}"' for cell in row] for row in TABLE]), "read")
    to.add("decimal commas", column_of(2, lambda n: f"{n + 10},{n % 90 + 10}", ";"), "read")
    to.add("thousands signs", column_of(2, lambda n: f"1,{n:03}.50", ";"), "read")
    to.add("numbers with one comma and three digits", column_of(2, lambda n: f"1,{n:03}", ";"), "either")
    to.add("separator told", text(by="#"), "read", "", "--separator", "#")
    to.add("separator that separates nothing", text(), "refused", "separates nothing", "--separator", "ab")


def structures(to: Corpus) -> None:
    to.add("empty", b"", "refused", "empty")
    to.add("blank lines alone", "\n \n\n", "refused", "empty")
    to.add("a mark alone", b"\xef\xbb\xbf", "refused", "empty")
    to.add("header alone", text([HEADER]), "refused")
    to.add("one column", "customer_id\n1\n2\n", "either")
    to.add("one cell", "x", "refused")
    to.add("one row", text(TABLE[:2]), "read", orders=1)
    to.add("no end of line", text().rstrip("\n"), "read")
    wide = [f"c{n}" for n in range(9_997)]
    to.add(
        "10,000 columns", text([[*HEADER, *wide], *([*row, *["1"] * 9_997] for row in TABLE[1:])]), "refused", "columns"
    )
    to.add("20,000 columns", text([["x"] * 20_000] * 3), "refused", "columns")
    to.add("one line of commas", "1," * (to.large // 2), "refused")
    to.add("one line without a separator", "x" * to.large, "refused")
    to.add("a table on one line", text().replace("\n", ",") * (to.large // 800), "refused")
    to.add("one line in utf-16", ("1," * (to.large // 4)).encode("utf-16"), "refused")
    to.add("one line of blanks", " " * to.large, "refused", "longer than")
    to.add("blank lines in a heap", text() + "\n" * (to.large // 10), "read")
    to.add("a quotation that never closes", text() + '"' + "x,\n" * (to.large // 30), "refused", "quotation")
    to.add("a quotation that never closes at the start", '"' + text(), "refused")
    to.add("quotation marks alone", '"' * (to.large // 10), "refused")
    to.add("stray quotation marks", text() + '"a"b,2025-01-31,5\n', "refused", "quotation")
    to.add("ragged rows", text([*TABLE, ["1", "2025-01-31"]]), "refused", "fields wide")
    to.add("rows of every width", text([*TABLE, *(["1"] * n for n in range(4, 40))]), "refused", "widths")
    to.add("a name that occurs twice", text([[*HEADER, "amount"], *([*row, "7"] for row in TABLE[1:])]))
    to.add("columns without names", text([[*HEADER, "", ""], *([*row, "7", ""] for row in TABLE[1:])]), "read")
    to.add("a name of several lines", text().replace("amount", '"amount\n(KRW)"', 1))
    to.add("a name of a megabyte", text([[*HEADER, "n" * 100_000], *([*row, "7"] for row in TABLE[1:])]))
    to.add(
        "an index without a name", text([["", *HEADER], *([str(n), *row] for n, row in enumerate(TABLE[1:]))]), "read"
    )
    to.add("two rows of names", text([["", "of the order", ""], *TABLE]))
    to.add("titles above", "Sales of 2025\nprinted on Monday\n\n" + text(), "read")
    to.add("a total below", text([*TABLE, ["total", "", "975.00"]]))
    to.add("a footnote below", text() + "* without returns\n")
    to.add("blank lines between", text().replace("\n", "\n\n"), "read")
    to.add("the header again in the middle", text([*TABLE, *TABLE]))
    to.add("no header", text(TABLE[1:]))
    to.add(
        "no header, told",
        text(TABLE[1:]),
        "read",
        "",
        "--table",
        "orders",
        "--map",
        *map("=".join, zip(HEADER, "123", strict=True)),
    )
    to.add("every row twice", text([*TABLE, *TABLE[1:]]))
    to.add("columns of nothing", text([[*HEADER, "note"], *([*row, ""] for row in TABLE[1:])]), "read")


def values(to: Corpus) -> None:
    amounts = {
        "words for numbers": ("twelve", "n/a"),
        "numbers that are none": ("NaN", "inf", "-Infinity"),
        "a number beyond all": ("1e400", "9" * 400),
        "integers beyond 64 bits": (str(2**64), str(-(2**70))),
        "numbers with letters": ("12abc", "0x10"),
        "signs of currency": ("$5.00", "₩5,000", "€5"),
        "negative in brackets": ("(5.00)", "5-"),
        "percent": ("5%", "7 %"),
        "digits of other scripts": ("１２３", "٣٤", "४५"),
        "blanks for thousands": ("1\u00a0234.50", "1\u202f234.50"),
        "refunds and zeros": ("-5", "0", "-0"),
        "half a number": ("5.", ".5", "1e", "--5"),
        "no amount": ("", " ", "NULL"),
    }
    for name, cells in amounts.items():
        to.add(name, changed(2, *cells))
    days = {
        "the first year and the last": ("0001-01-01", "9999-12-31"),
        "days that are none": ("2025-02-30", "2025-13-01", "0000-00-00"),
        "the zeroth of a spreadsheet": ("1900-01-00", "1900-02-29"),
        "years of five digits": ("12025-01-31", "20250131999"),
        "days in words": ("yesterday", "31 January 2025"),
        "a clock and a zone": ("2025-01-31T10:00:00+09:00", "2025-01-31 23:59:59Z"),
        "the future": ("2099-01-31",),
        "no day": ("", "NULL", "-"),
        "negative years": ("-2025-01-31",),
        "time alone": ("10:05", "24:00"),
    }
    for name, cells in days.items():
        to.add(name, changed(1, *cells))
    to.add(
        "days that could be months",
        column_of(1, lambda n: f"{n % 12 + 1:02}/{(n * 5) % 12 + 1:02}/2025"),
        "refused",
        "--dates",
    )
    to.add("day first", column_of(1, lambda n: f"{n % 17 + 13:02}/{n % 12 + 1:02}/2025"), "read")
    to.add("month first", column_of(1, lambda n: f"{n % 12 + 1:02}/{n % 17 + 13:02}/2025"), "read")
    to.add("both orders in one column", changed(1, "13/01/2025", "01/13/2025"))
    to.add("two digits for the year", column_of(1, lambda n: f"25.{n % 12 + 1:02}.{n % 17 + 13:02}"))
    to.add("korean days", column_of(1, lambda n: f"2025년 {n % 12 + 1}월 {n % 17 + 13}일"), "read")
    to.add("compact days", column_of(1, lambda n: f"2025{n % 12 + 1:02}{n % 17 + 13:02}"), "read")
    to.add("counts of a spreadsheet", column_of(1, lambda n: str(45_700 + n)))
    to.add("seconds since 1970", column_of(1, lambda n: str(1_740_000_000 + n * 86_400)))
    ids = {
        "emoji": ("😀", "👨‍👩‍👧‍👦", "🇰🇷"),
        "right-to-left names": ("שלום", "مرحبا", "\u202etxt.exe\u202c"),
        "invisible letters": ("\u200b0001", "\ufeff0002", "0003\u2060"),
        "control signs": ("a\x07b", "\x1b[31mred", "c\x08"),
        "a script": ("<script>alert(1)</script>", "<img src=x onerror=alert(1)>"),
        "formulas": ("=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3"),
        "code": ("__import__('os').system('x')", "{{7*7}}", "${jndi:ldap://x}", "%s%n"),
        "statements": ("'; DROP TABLE orders; --", '" OR 1=1'),
        "paths": ("../../etc/passwd", "C:\\Windows\\x", "file:///x"),
        "ids that are missing": ("", "NULL", "NA", "nan"),
        "ids with blanks around": (" 0001", "0001 ", "\t0001"),
        "a cell of lines": ("a\nb\r\nc",),
        "a cell of 100 KB": ("x" * 100_000,),
        "a cell of a megabyte": ("x" * 1_000_000,),
        "combining letters": ("é", "é", "가", "가"),
        "numbers that look alike": ("1", "01", "1.0", "1e0"),
        "ids of twenty digits": (str(10**19), str(10**19 + 1)),
        "lone halves of letters": ("\U0010ffff", "\ufffd", "\ufffe"),
    }
    for name, cells in ids.items():
        to.add(f"ids: {name}", changed(0, *cells))
