from __future__ import annotations

import pytest

from crmlab.data.validation import DataError
from crmlab.sources.encodings import decoded, find_encoding

KOREAN = "고객번호,이름,가입일\n1,김민준,2025-01-31\n2,이서연,2025-02-01\n3,박지호,2025-02-02\n"
GERMAN = "Kunde,Name,Ort\n1,Jürgen Müller,Köln\n2,Zoë Groß,Nürnberg\n"
FRENCH = "client,nom\n1,Amélie Lefèvre\n2,François\n3,Hélène à Orléans – 5 €\n"


def refused(data: bytes, told: str | None = None) -> str:
    with pytest.raises(DataError) as caught:
        find_encoding(data, "export.csv", told)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "written", "found"),
    [
        ("a,b\n1,2\n", "ascii", "utf-8"),
        (KOREAN, "utf-8", "utf-8"),
        (KOREAN, "utf-8-sig", "utf-8-sig"),
        (KOREAN, "utf-16", "utf-16"),
        (KOREAN, "utf-16-le", "utf-16-le"),
        (KOREAN, "utf-16-be", "utf-16-be"),
        (KOREAN, "utf-32", "utf-32"),
        (KOREAN, "cp949", "cp949"),
        (KOREAN, "euc-kr", "cp949"),
        ("번호,성별\n1,남\n2,여\n", "cp949", "cp949"),
        ("a,b\n1,LG전자\n2,SK텔레콤\n", "cp949", "cp949"),
        (GERMAN, "utf-8", "utf-8"),
        (GERMAN, "cp1252", "cp1252"),
        (GERMAN, "latin-1", "cp1252"),
        (FRENCH, "cp1252", "cp1252"),
        ("name\nÄrger\nÅngström\n", "cp1252", "cp1252"),
        ("item,price\ntea,£5\n", "cp1252", "cp1252"),
        ("name\nCafé\n", "utf-8", "utf-8"),
        ("emoji\n😀\n", "utf-8", "utf-8"),
        ("שלום,1\n", "utf-8", "utf-8"),
    ],
)
def test_the_encoding_is_found_with_a_reason(text: str, written: str, found: str) -> None:
    data = text.encode(written)
    encoding = find_encoding(data, "export.csv")
    assert encoding.name == found
    assert encoding.reason
    assert "".join(decoded(data, found)) == text


def test_utf16_that_begins_with_big_endian_mark() -> None:
    assert find_encoding(b"\xfe\xff" + KOREAN.encode("utf-16-be"), "export.csv").name == "utf-16"


@pytest.mark.parametrize(
    ("data", "readings"),
    [
        ("temp\n20°C\n".encode("cp1252"), ("'20°C' (cp1252)", "'20캜' (cp949)")),
        ("name\n최\n".encode("cp949"), ("'최' (cp949)", "'ÃÖ' (cp1252)")),
        ("name\n천\n".encode("cp949"), ("'천' (cp949)", "'õ' (utf-8)")),
    ],
)
def test_two_readings_are_asked_with_the_evidence(data: bytes, readings: tuple[str, ...]) -> None:
    said = refused(data)
    assert all(reading in said for reading in readings)
    assert "--encoding" in said


def test_naming_the_encoding_settles_two_readings() -> None:
    data = "name\n최\n".encode("cp949")
    assert find_encoding(data, "export.csv", "cp949").name == "cp949"
    assert find_encoding(data, "export.csv", "cp1252").name == "cp1252"
    assert find_encoding(KOREAN.encode("utf-8-sig"), "export.csv", "utf-8").name == "utf-8-sig"


@pytest.mark.parametrize(
    ("parts", "odd", "main"),
    [
        (("utf-8", "utf-8", "cp949"), "line 3)", "UTF-8"),
        (("cp949", "utf-8", "cp949"), "line 2)", "cp949"),
        (("utf-8", "utf-8", "cp1252"), "line 3)", "UTF-8"),
    ],
)
def test_mixed_encodings_name_the_lines(parts: tuple[str, ...], odd: str, main: str) -> None:
    lines = ["1,김민준,서울\n", "2,이서연,부산\n", "3,박지호,대구\n"]
    if "cp1252" in parts:
        lines[2] = "3,Zoë,Köln\n"
    said = refused(b"".join(line.encode(part) for line, part in zip(lines, parts, strict=True)))
    assert odd in said
    assert f"the other lines, {main}" in said


def test_korean_beside_european_lines_is_mixed() -> None:
    data = KOREAN.encode("cp949") + "4,René,2025-02-03\n".encode("cp1252")
    assert "line 5)" in refused(data)


@pytest.mark.parametrize("data", [b"a,b\n1,\x002\n", b"\x00" * 100, "a,이름\n".encode() + b"1,\x00\n"])
def test_nul_bytes_are_told_by_line(data: bytes) -> None:
    said = refused(data)
    assert "NUL" in said
    assert f"line {2 if data[0] else 1})" in said
    assert "line 2)" in refused("a\n\0b\n".encode("utf-16"))


@pytest.mark.parametrize("told", ["no-such", "zip", "hex", "", "undefined\0"])
def test_what_is_no_encoding_is_refused(told: str) -> None:
    if told:
        assert "no encoding" in refused(b"a,b\n1,2\n", told)
    else:
        assert find_encoding(b"a", "export.csv", told).name == "utf-8"


def test_what_does_not_fit_the_named_encoding_is_told_by_line() -> None:
    assert "not utf-8 text (lines 1, 2, 3, 4)" in refused(KOREAN.encode("cp949"), "utf-8")
    assert "not utf-16 text (line 1)" in refused(b"abc", "utf-16")


def test_a_mark_that_the_text_does_not_keep() -> None:
    assert "begins with the mark" in refused(b"\xef\xbb\xbfa,b\n1,\xff\n")
    assert "begins with the mark" in refused(b"\xff\xfea\x00b")


@pytest.mark.parametrize("data", [b"a,b\n1,\x81\x8d\x9d\n", "имя\nАнна\n".encode("cp1251")])
def test_what_looks_like_neither_is_asked(data: bytes) -> None:
    said = refused(data)
    assert "looks neither like Korean" in said
    assert "--encoding" in said


def test_signs_beside_hangul_do_not_make_it_less_korean():
    rows = "요금\n" + "\n".join(f"김민준,￦{fee:,}" for fee in range(9_900, 9_960))
    assert find_encoding(rows.encode("cp949"), "export.csv").name == "cp949"
