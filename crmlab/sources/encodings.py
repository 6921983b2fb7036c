"""How a text is encoded, with the reason; where two encodings read it without error and differently, the question.

A mark at the beginning decides. Else UTF-8 is recognised by its own rules, which other text keeps by accident only in a
letter or two. What is not UTF-8 may be Korean (cp949, which holds EUC-KR) or western European (cp1252, which holds
Latin-1): each byte pair of the one is two letters of the other. Korean text is pairs of bytes that are Hangul
syllables nearly all; European text has single accented letters between plain ones. What shows neither is asked.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from crmlab.data.records import lines_problem
from crmlab.data.validation import DataError, Problem
from crmlab.labels import percent

_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_CHUNK = 1 << 20
_WINDOW = 1 << 22  # bytes that are weighed where the rules of the encodings do not decide
_PAIRS = re.compile(  # the signs and the syllables of KS X 1001, and what is neither
    rb"(?P<sign>[\xa1-\xac][\xa1-\xfe])|(?P<hangul>[\xb0-\xc8][\xa1-\xfe])|.{1,2}", re.DOTALL
)
_HIGH = re.compile(rb"[\x80-\xff]+")
_SYMBOLS = frozenset("€£¥¢§°·²³¹½¼¾©®™«»“”„‘’‚–—…•¿¡ªº±×÷´`\u00a0")
_TELL = "Say which it is with --encoding"


@dataclass(frozen=True)
class Encoding:
    """An encoding and why it is taken to be that.

    Attributes
    ----------
    name
        As Python knows it: "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp949", "cp1252".
    reason
        A clause, to be read after "read as cp949:".
    """

    name: str
    reason: str


def find_encoding(data: bytes, name: str, told: str | None = None) -> Encoding:
    r"""Return how the bytes of a text are encoded.

    Parameters
    ----------
    data
        The whole file.
    name
        Of the file, for messages.
    told
        The encoding, where the user named it.

    Raises
    ------
    DataError
        If two encodings read the text without error and differently and nothing decides between them; if lines do not
        fit the encoding of the others, or the one that was told; if the text is broken by NUL bytes.

    Examples
    --------
    >>> find_encoding("이름,날짜\n김민준,2025-01-31\n박서연,".encode("cp949"), "export.csv")
    Encoding(name='cp949', reason='all of its 10 letters beyond ASCII are Hangul syllables')
    >>> find_encoding("Zoë,Müller,Gauß".encode("cp1252"), "export.csv").name
    'cp1252'
    """
    found = _told(data, name, told) if told else _found(data, name)
    for chunk in decoded(data, found.name):
        if "\0" in chunk:
            raise DataError([_nul(data, name, found.name)])
    return found


def decoded(data: bytes, encoding: str) -> Iterator[str]:
    """Yield the text piece by piece.

    Raises
    ------
    UnicodeError
        If it does not fit the encoding.

    Examples
    --------
    >>> list(decoded(b"one", "utf-8"))
    ['one', '']
    """
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    for start in range(0, len(data), _CHUNK):
        yield decoder.decode(data[start : start + _CHUNK])
    yield decoder.decode(b"", final=True)


def _fits(data: bytes, encoding: str) -> bool:
    try:
        return all(True for _ in decoded(data, encoding))
    except UnicodeError:
        return False


def _told(data: bytes, name: str, told: str) -> Encoding:
    try:
        known = codecs.lookup(told)
    except (LookupError, ValueError):
        known = None
    if known is None or not getattr(known, "_is_text_encoding", True) or known.incrementaldecoder is None:
        raise DataError([Problem(name, "", f"is said to be {told!r}, which is no encoding", "Try 'utf-8' or 'cp949'.")])
    encoding = "utf-8-sig" if known.name == "utf-8" and data.startswith(codecs.BOM_UTF8) else told
    if not _fits(data, encoding):
        remedy = "Save it as UTF-8, or name its encoding, as 'cp949' (Korean) or 'cp1252' (western Europe)."
        lines = _misfits(data, encoding)
        raise DataError([lines_problem(name, f"not {told} text", lines, remedy)])
    return Encoding(encoding, "you named it")


def _found(data: bytes, name: str) -> Encoding:
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            if not _fits(data, encoding):
                what = f"not {encoding.removesuffix('-sig').upper()}, although the file begins with the mark of it"
                raise DataError([lines_problem(name, what, _misfits(data, encoding), "Save the file anew as UTF-8.")])
            return Encoding(encoding, "the file begins with its mark")
    if data.isascii():
        return _without_mark(data, name) if b"\0" in data else Encoding("utf-8", "every letter is plain ASCII")
    if b"\0" in data:
        return _without_mark(data, name)
    if _fits(data, "utf-8"):
        return _utf8(data, name)
    return _by_weight(data, name)


def _without_mark(data: bytes, name: str) -> Encoding:
    """Return UTF-16 where every second byte of the plain letters is NUL, and only there."""
    sample = data[:_WINDOW]
    at_odd, at_even = sample[1::2].count(0), sample[::2].count(0)
    for encoding, at, other in (("utf-16-le", at_odd, at_even), ("utf-16-be", at_even, at_odd)):
        if at > 20 * other and at > len(sample) / 20 and len(data) % 2 == 0 and _fits(data, encoding):
            share = 200 * at / len(sample)
            return Encoding(encoding, f"{share:.0f} % of its byte pairs hold a NUL, always at the same place")
    raise DataError([_nul(data, name, "utf-8")])


def _nul(data: bytes, name: str, encoding: str) -> Problem:
    newline, nul = "\n".encode(encoding.removesuffix("-sig")), b"\0"
    if len(newline) > 1:
        lines = [number for number, line in enumerate("".join(decoded(data, encoding)).split("\n"), 1) if "\0" in line]
    else:
        lines = [number for number, line in enumerate(data.split(newline), 1) if nul in line]
    remedy = "Save the file as UTF-8 text, or name its encoding with --encoding, perhaps utf-16."
    return lines_problem(name, "broken by NUL bytes", lines or [1], remedy)


def _utf8(data: bytes, name: str) -> Encoding:
    """Return UTF-8, unless the few letters that say so are as well Hangul that stands by itself."""
    letters = [run.decode("utf-8", "ignore") for run in set(_HIGH.findall(data[:_WINDOW]))]
    if any(ord(letter) > 0x7FF for letters_of_run in letters for letter in letters_of_run) or len(letters) > 3:
        return Encoding("utf-8", "its letters beyond ASCII keep the rules of UTF-8")
    if not letters:
        return Encoding("utf-8", "all of it keeps the rules of UTF-8")
    if not _fits(data, "cp949") or _hangul_share(data[:_WINDOW]) < 1 or _among_latin(data[:_WINDOW], "cp949") > 0.5:
        return Encoding("utf-8", "its letters beyond ASCII keep the rules of UTF-8")
    raise DataError([_two_readings(data, name, ("utf-8", "cp949"))])


def _by_weight(data: bytes, name: str) -> Encoding:
    """Weigh what is not UTF-8: Korean or western European, or lines of several encodings."""
    sample = data[:_WINDOW]
    korean, western = _fits(data, "cp949"), _fits(data, "cp1252")
    hangul, european = _hangul_share(sample) if korean else 0.0, _european_share(sample) if western else 0.0
    mixed = _mixed(data, name) if hangul < 0.99 or len(data) <= _WINDOW else None
    if mixed:
        raise DataError([mixed])
    runs = _HIGH.findall(sample)
    if hangul >= 0.9 and european < 0.5 and (len(set(runs)) > 1 or len(runs[0]) > 2):
        said = f"all of its {sum(map(len, runs)) // 2:,}" if hangul == 1 else f"{percent(hangul, 0)} of its"
        return Encoding("cp949", f"{said} letters beyond ASCII are Hangul syllables")
    if western and european >= 0.8 and (not korean or (hangul <= 0.1 and _among_latin(sample, "cp949") >= 0.5)):
        beside = "they are no Korean text" if not korean else "read as Korean they would be syllables within such words"
        return Encoding("cp1252", f"its letters beyond ASCII stand in words of Latin letters; {beside}")
    raise DataError([_two_readings(data, name, ("cp949", "cp1252", "latin-1"))])


def _mixed(data: bytes, name: str) -> Problem | None:
    """Return the lines that are not in the encoding of the others, where lines keep the rules of different ones."""
    lines = {"utf-8": [], "cp949": [], "other": []}
    for number, line in enumerate(data.split(b"\n"), 1):
        if not line.isascii():
            kinds = (kind for kind in ("utf-8", "cp949") if _shows(line, kind))
            lines[next(kinds, "other")].append(number)
    utf8, korean, other = lines["utf-8"], lines["cp949"], lines["other"]
    if utf8 and (korean or other):
        main, odd = ("UTF-8", sorted(korean + other)) if len(utf8) >= len(korean) else ("cp949", utf8)
    elif korean and other and not _fits(data, "cp949"):
        main, odd = "cp949", [number for number in other if not _fits(data.split(b"\n")[number - 1], "cp949")]
    else:
        return None
    remedy = "Export the file anew in one encoding, or correct these lines; --encoding cannot help here."
    return lines_problem(name, f"not in the encoding of the other lines, {main}", odd, remedy)


def _shows(line: bytes, encoding: str) -> bool:
    """Return whether a line keeps the rules of an encoding in a way that is no accident."""
    if not _fits(line, encoding):
        return False
    if encoding == "cp949":
        return _hangul_share(line) >= 0.9 and max(len(run) for run in _HIGH.findall(line)) >= 4
    return any(ord(letter) > 0x7FF for letter in line.decode("utf-8"))


def _hangul_share(data: bytes) -> float:
    """Return the share of the byte pairs beyond ASCII that are Hangul syllables; signs, as that of the won, aside."""
    kinds = Counter(pair.lastgroup for run in _HIGH.findall(data) for pair in _PAIRS.finditer(run))
    letters = kinds.total() - kinds["sign"]
    return kinds["hangul"] / letters if letters else 0.0


def _european_share(data: bytes) -> float:
    """Return the share of the letters beyond ASCII that stand as such letters do: beside a plain one, or alone."""
    text = data.decode("cp1252", "replace")
    letters = [at for at, letter in enumerate(text) if ord(letter) > 127]
    usual = sum(_usual(text[at], text[max(at - 1, 0) : at], text[at + 1 : at + 2]) for at in letters)
    return usual / len(letters) if letters else 0.0


def _usual(letter: str, before: str, after: str) -> bool:
    if letter.isalpha():
        return (before + after).isascii() or any(each.isascii() and each.isalpha() for each in (before, after))
    return letter in _SYMBOLS and (before + after).isascii()


def _among_latin(data: bytes, encoding: str) -> float:
    """Return the share of the letters beyond ASCII that stand beside a plain letter."""
    text = data.decode(encoding, "replace")
    letters = [at for at, letter in enumerate(text) if ord(letter) > 127]
    return sum(_beside_latin(text, at) for at in letters) / len(letters) if letters else 0.0


def _beside_latin(text: str, at: int) -> bool:
    return any(letter.isascii() and letter.isalpha() for letter in (text[max(at - 1, 0) : at], text[at + 1 : at + 2]))


def _two_readings(data: bytes, name: str, encodings: tuple[str, ...]) -> Problem:
    """Return the question, with the first lines that the encodings read differently."""
    at = next(iter(_HIGH.finditer(data))).start()
    begin, end = data.rfind(b"\n", 0, at) + 1, data.find(b"\n", at)
    line = data[begin : end if end >= 0 else len(data)][max(0, at - begin - 20) :][:60]
    fitting = [encoding for encoding in encodings if _fits(data, encoding)]
    readings = {line.decode(encoding, "replace").strip(): encoding for encoding in reversed(fitting)}
    if len(readings) > 1:
        ways = [f"{text!r} ({encoding})" for text, encoding in reversed(readings.items())]
        what = f"can be read in {len(ways)} ways, and nothing decides: line {data.count(10, 0, at) + 1} may be "
        return Problem(name, "", what + " or ".join(ways), f"{_TELL} {' or '.join(reversed(readings.values()))}.")
    what = "is not UTF-8, and looks neither like Korean (cp949) nor like western European text (cp1252)"
    return Problem(name, "", what, f"{_TELL}, or save the file as UTF-8.")


def _misfits(data: bytes, encoding: str) -> list[int]:
    """Return the lines that do not fit an encoding; the first line where the lines cannot be told."""
    if encoding.startswith(("utf-16", "utf-32")):
        return [1]
    plain = encoding.removesuffix("-sig")
    return [number for number, line in enumerate(data.split(b"\n"), 1) if not _fits(line, plain)] or [1]
