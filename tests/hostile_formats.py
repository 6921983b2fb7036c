# ruff: noqa: E501 - one bad file a line
"""The other half of the corpus of `hostile_files`: paths that are no files, other formats, workbooks, databases."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import os
import pickle
import socket
import sqlite3
import struct
import tarfile
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import xlwt

from hostile_files import HEADER, TABLE, Corpus, text

TYPED = [HEADER, *([row[0], date.fromisoformat(row[1]), float(row[2])] for row in TABLE[1:])]


def paths(to: Corpus) -> None:
    folder = to.folder
    good = folder / "good.csv"
    good.write_text(text(), encoding="utf-8")
    to.point("not there", [folder / "nowhere.csv"], "refused", "not there")
    to.point("an empty path", [""], "refused")
    to.point("a path with a nul", [f"{folder}/a\x00b.csv"] if os.name != "posix" else [f"{folder}/a?b.csv"], "refused")
    (folder / "inner").mkdir()
    to.point("a folder without anything", [folder / "inner"], "refused", "folder")
    (folder / "several").mkdir()
    (folder / "several" / "a.csv").write_text(text(), encoding="utf-8")
    to.point("a folder of text", [folder / "several"], "refused", "folder")
    to.point("a path longer than any", [folder / ("x" * 300)], "refused")
    for name, called in (
        ("blanks and hangul", "주문 내역 (최종)"),
        ("emoji", "😀"),
        ("quotes", "it's"),
        ("percent", "100%"),
    ):
        to.add(f"a path of {name}", text(), "read")
        old = Path(to.cases.pop().words[0])
        to.point(f"a path of {name}", [old.rename(folder / f"{called}.csv")], "read")
    to.point("a file twice", [good, good])
    if os.name != "posix":
        return
    for name, target in (
        ("to a file", good),
        ("to nothing", folder / "gone"),
        ("to itself", folder / "link to itself.csv"),
        ("out of the folder to no table", Path("/etc/passwd")),
        ("to a folder", folder / "several"),
        ("to a device", Path("/dev/zero")),
    ):
        link = folder / f"link {name}.csv"
        link.symlink_to(target)
        to.point(f"a link {name}", [link], "read" if target == good else "refused")
    os.mkfifo(folder / "pipe.csv")
    to.point("a pipe", [folder / "pipe.csv"], "refused", "regular file")
    to.point("a device without end", ["/dev/zero"], "refused", "regular file")
    to.point("a device of nothing", ["/dev/null"], "refused", "regular file")
    (folder / "parts").mkdir()
    pq.write_table(pa.table({"id": ["a"]}), folder / "secret.parquet")
    pq.write_table(pa.table({"id": ["a"]}), folder / "parts" / "a.parquet")
    (folder / "parts" / "b.parquet").symlink_to(folder / "secret.parquet")
    to.point("a link out of a folder of parts", [folder / "parts"], "refused", "leads out")


def formats(to: Corpus) -> None:
    data = text().encode()
    others = {
        "pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + data,
        "png": b"\x89PNG\r\n\x1a\n" + bytes(1000),
        "jpg": b"\xff\xd8\xff\xe0" + bytes(1000),
        "gif": b"GIF89a" + bytes(100),
        "gz": gzip.compress(data),
        "bz2": bz2.compress(data),
        "xz": lzma.compress(data),
        "7z": b"7z\xbc\xaf\x27\x1c" + bytes(100),
        "rar": b"Rar!\x1a\x07\x00" + bytes(100),
        "elf": b"\x7fELF" + bytes(1000),
        "exe": b"MZ\x90\x00" + bytes(1000),
        "pickle": pickle.dumps({"a": [1, 2, 3]}),
        "pickle that would run": b"\x80\x04cos\nsystem\n(S'echo run'\ntR.",
        "pickle of protocol 0": b"cos\nsystem\n(S'echo run'\ntR.",
        "xml": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        "html called xls": b"<html><table><tr><td>1</td></tr></table></html>",
        "arrow": b"ARROW1\0\0" + bytes(100),
        "avro": b"Obj\x01" + bytes(100),
        "python": b"import os\nos.system('echo run')\n",
        "parquet magic alone": b"PAR1",
        "workbook magic alone": b"PK\x03\x04",
        "old workbook magic alone": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "old workbook of noise": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(n * 31 % 256 for n in range(5000)),
    }
    for name, content in others.items():
        to.add(f"format: {name}", content, "refused")
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a.csv"))
    to.add("format: tar", packed.getvalue(), "refused")
    for name, inside in (("a table", {"a.csv": data}), ("nothing", {}), ("a path upwards", {"../../a.csv": data})):
        to.add(f"format: zip of {name}", zipped(inside), "refused", "zip archive")
    shop = sqlite3.connect(to.folder / "shop.db")
    shop.execute("create table orders (customer_id text, ordered_at text, amount real)")
    shop.executemany("insert into orders values (?, ?, ?)", TABLE[1:])
    shop.commit()
    shop.close()
    to.point("format: sqlite without a query", [to.folder / "shop.db"], "refused", "--query")


def zipped(members: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def workbook(change: Any = None, rows: Any = TYPED) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)  # pyright: ignore
    if change is not None:
        change(book)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def repacked(data: bytes, **members: bytes | None) -> bytes:
    """Return a workbook with members replaced, by the last part of their names, or taken out."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        whole = {name: archive.read(name) for name in archive.namelist()}
    for short, content in members.items():
        name = next(name for name in whole if name.endswith(f"/{short}.xml"))
        if content is None:
            del whole[name]
        else:
            whole[name] = content
    return zipped(whole)


def sheet_xml(rows: str, head: str = "") -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<?xml version="1.0"?>{head}<worksheet xmlns="{space}"><sheetData>{rows}</sheetData></worksheet>'.encode()


def workbooks(to: Corpus) -> None:
    good = workbook()
    add = lambda name, data, *rest, end="xlsx": to.add(f"workbook: {name}", data, *rest, end=end)  # noqa: E731
    add("good", good, "read")
    add("called csv", good, "read", end="csv")
    add("all text", workbook(rows=TABLE), "read")
    add("titles above", workbook(rows=[["Sales"], [], *TYPED]), "read")
    add("merged cells", workbook(lambda book: book.active.merge_cells("A4:A6")), "refused", "merged")
    add(
        "merged title",
        workbook(lambda book: book.active.merge_cells("A1:C1"), [["Sales", None, None], [], *TYPED]),
        "read",
    )
    add("formulas never computed", workbook(lambda book: book.active.__setitem__("C2", "=1+1")))
    add("formulas that reach out", workbook(lambda book: book.active.__setitem__("A2", '=HYPERLINK("http://x","y")')))
    add("formulas that run", workbook(lambda book: book.active.__setitem__("A2", "=cmd|' /C calc'!A0")))
    add("errors", workbook(lambda book: book.active.__setitem__("C2", "#DIV/0!")))
    add("days of year 9999", workbook(lambda book: book.active.__setitem__("B2", date(9999, 12, 31))))
    add("the largest number", workbook(lambda book: book.active.__setitem__("C2", 1.7e308)))
    add("a cell in the far corner", workbook(lambda book: book.active.__setitem__("XFD1048576", 1)), "refused", "stray")
    add("a cell far below", workbook(lambda book: book.active.__setitem__("A1048576", "x")))
    add("a second sheet that is empty", workbook(lambda book: book.create_sheet("more")), "read")
    add("a hidden sheet", workbook(lambda book: setattr(book.create_sheet("more"), "sheet_state", "hidden")), "read")
    add("a sheet of pictures", workbook(lambda book: book.create_chartsheet("picture")), "read")
    add("two hundred sheets", workbook(lambda book: [book.create_sheet(f"s{n}") for n in range(200)]), "read")
    add("nothing in it", workbook(rows=[]), "refused", "no sheet")
    add("no such sheet", good, "refused", "no sheet 'x'", "--sheet", "x")
    add("cut in the middle", good[: len(good) // 2], "refused")
    add("a byte that flipped", good[:1500] + bytes([good[1500] ^ 255]) + good[1501:])
    add("a bomb", repacked(good, sheet1=sheet_xml("") + b" " * (to.large * 4)), "refused")
    laughs = (
        "<!DOCTYPE x ["
        + '<!ENTITY a "haha">'
        + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    )
    told = '<row r="1"><c r="A1" t="inlineStr"><is><t>&j;</t></is></c></row>'
    add("a billion laughs", repacked(good, sheet1=sheet_xml(told, laughs + "]>")), "refused")
    outside = '<!DOCTYPE x [<!ENTITY j SYSTEM "file:///etc/passwd">]>'
    add("an entity from outside", repacked(good, sheet1=sheet_xml(told, outside)), "refused")
    add("no sheet behind its name", repacked(good, sheet1=None), "refused")
    add("broken xml", repacked(good, sheet1=b"<worksheet><sheetData><row"), "refused")
    missing = '<row r="1"><c r="A1" t="s"><v>999999999</v></c></row>'
    add("a text that is nowhere", repacked(good, sheet1=sheet_xml(missing)), "refused")
    corner = '<row r="4294967295"><c r="ZZZ9999999"><v>1</v></c></row>'
    add("a cell beyond every sheet", repacked(good, sheet1=sheet_xml(corner)), "refused")
    many = "<row>" + "<c><v>1</v></c>" * 40_000 + "</row>"
    add("cells without addresses", repacked(good, sheet1=sheet_xml(many)), "refused")
    add("locked members", locked(good), "refused")
    add("members longer than they say", shortened(good), "refused")
    add("macros in it", repacked(good) + b"", "read", end="xlsm")
    add("old", old_workbook(TYPED), "read", end="xls")
    add("open document that repeats", open_document(1_000_000, 1_000), "refused", "cells", end="ods")
    add("open document", open_document(1, 1), "refused", end="ods")
    add("document of words", zipped({"word/document.xml": b"<w/>"}), "refused", "zip archive", end="docx")


def locked(data: bytes) -> bytes:
    """Return a workbook whose members say that they are encrypted."""
    changed = bytearray(data)
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = changed.find(mark)
        while at >= 0:
            changed[at + place] |= 1
            at = changed.find(mark, at + 4)
    return bytes(changed)


def shortened(data: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        size = struct.pack("<I", archive.getinfo("xl/worksheets/sheet1.xml").file_size)
    return data.replace(size, struct.pack("<I", 50))


def old_workbook(rows: list[list[Any]]) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("orders")
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for at, row in enumerate(rows):
        for place, cell in enumerate(row):
            sheet.write(at, place, cell, day if isinstance(cell, date) else xlwt.Style.default_style)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def open_document(rows: int, columns: int) -> bytes:
    spaces = "".join(f' xmlns:{x}="urn:oasis:names:tc:opendocument:xmlns:{x}:1.0"' for x in ("office", "table", "text"))
    cell = f'<table:table-cell office:value-type="string" table:number-columns-repeated="{columns}"><text:p>x</text:p>'
    row = f'<table:table-row table:number-rows-repeated="{rows}">{cell}</table:table-cell></table:table-row>'
    body = f"<office:body><office:spreadsheet><table:table table:name='S'>{row}</table:table></office:spreadsheet></office:body>"
    content = f"<?xml version='1.0'?><office:document-content{spaces}>{body}</office:document-content>".encode()
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    return zipped({"mimetype": kind, "META-INF/manifest.xml": b"<manifest/>", "content.xml": content})


def parquet(to: Corpus) -> None:
    def kept(columns: dict[str, Any], **how: Any) -> bytes:
        sink = io.BytesIO()
        pq.write_table(pa.table(columns), sink, **how)
        return sink.getvalue()

    columns: dict[str, Any] = {name: [row[at] for row in TYPED[1:]] for at, name in enumerate(HEADER)}
    good = kept(columns)
    add = lambda name, data, *rest: to.add(f"parquet: {name}", data, *rest, end="parquet")  # noqa: E731
    add("good", good, "read")
    add("nested", kept(columns | {"tags": [["a"]] * 30}), "either")
    add("cut", good[:-20], "refused", "Parquet")
    add("noise within", good[:60] + b"\xff" * 200 + good[260:])
    add("no rows", kept({name: pa.array([], pa.string()) for name in HEADER}), "refused")
    add("a number 30 million times", kept({"n": pa.array([1] * 1000).take(pa.array(range(1000)))} | {}), "either")
    long = pa.DictionaryArray.from_arrays(pa.array([0] * 200_000, pa.int32()), pa.array(["x" * 500_000]))
    add("a text of 100 GB unpacked", kept({"customer_id": long}, store_schema=False), "refused")
    twice = io.BytesIO()
    pq.write_table(pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["n", "n"]), twice)
    add("a name that occurs twice", twice.getvalue(), "refused", "more than once")
    folder = to.folder / "uneven parts"
    folder.mkdir()
    (folder / "a.parquet").write_bytes(good)
    (folder / "b.parquet").write_bytes(kept({"other": ["a"]}))
    to.point("parquet: uneven parts", [folder], "refused", "differ")
    folder = to.folder / "parts of one kind"
    folder.mkdir()
    (folder / "a.parquet").write_bytes(good)
    to.point("parquet: a folder of parts", [folder], "read")


def json_lines(to: Corpus) -> None:
    records = [dict(zip(HEADER, row, strict=True)) for row in TABLE[1:]]
    lines = "".join(json.dumps(record) + "\n" for record in records)
    add = lambda name, data, *rest, end="jsonl": to.add(f"json: {name}", data, *rest, end=end)  # noqa: E731
    add("good", lines, "read")
    add("an array", json.dumps(records, indent=1), "read", end="json")
    add("with a mark", b"\xef\xbb\xbf" + lines.encode(), "read")
    add("nested", lines + '{"customer_id": {"a": [1]}}\n', "refused", "lists or records")
    add("a key twice", lines + '{"customer_id": "1", "customer_id": "2"}\n', "refused", "each key once")
    add("depth without end", lines + "[" * 200_000 + "\n", "refused", "no JSON objects")
    add("an array of depth without end", "[" * (to.large // 10), "refused", end="json")
    add("cut", lines[:-20], "refused")
    add("an array cut", json.dumps(records)[:-20], "refused", end="json")
    add("numbers alone", "1\n2\n3\n", "refused")
    add("nothing", "[]", "refused", end="json")
    add("numbers that are none", lines.replace('"10.00"', "NaN", 1).replace('"11.50"', "Infinity", 1))
    add("numbers beyond 64 bits", lines.replace('"10.00"', "1" * 400, 1))
    add("empty records in a heap", "{}\n" * (to.large // 10), "refused")
    add("a new key in each record", "".join(f'{{"k{n}": 1}}\n' for n in range(20_000)), "refused", "columns")
    add("one line", "{" * to.large, "refused")
    add("a literal that is python", "[{'customer_id': __import__('os')}]", "refused", end="json")


def databases(to: Corpus) -> None:
    shop = f"sqlite:///{to.folder / 'shop.db'}"
    ask = "SELECT * FROM orders"
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    cases: list[tuple[str, str, str, str, str]] = [
        ("good", shop, ask, "read", ""),
        ("drop", shop, "DROP TABLE orders", "refused", "begins with DROP"),
        ("two statements", shop, f"{ask}; DELETE FROM orders", "refused", "several"),
        ("delete within", shop, "WITH x AS (DELETE FROM orders RETURNING *) SELECT * FROM x", "refused", "DELETE"),
        ("attach", shop, "ATTACH 'x.db' AS x", "refused", "ATTACH"),
        ("no such table", shop, "SELECT * FROM nowhere", "refused", "nowhere"),
        ("broken words", shop, "SELECT FROM WHERE", "refused", "no answer"),
        (
            "a row without end",
            shop,
            "WITH RECURSIVE x(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM x) SELECT n FROM x LIMIT 99999",
        ),
        ("no such file", "sqlite:///nowhere.db", ask, "refused", "not there"),
        ("no file", "sqlite://", ask, "refused", "names no file"),
        ("another kind", "mysql://u:geheim@host/x", ask, "refused", "one of mysql"),
        ("a kind that is none", "gopher://u:geheim@host/x", ask, "refused", "gopher"),
        ("a driver that is not there", "postgresql+asyncpg://u:geheim@127.0.0.1/x", ask, "refused", "asyncpg"),
        ("nobody answers", f"postgresql://u:geheim@127.0.0.1:{port}/x", ask, "refused", "no answer"),
        ("no database", f"sqlite:///{to.folder / 'good.csv'}", ask, "refused", "not a database"),
        ("no duckdb", f"duckdb:///{to.folder / 'good.csv'}", ask, "refused", "no answer"),
    ]  # pyright: ignore
    for name, address, query, *rest in cases:
        must, said = rest if rest else ("either", "")
        to.point(f"query: {name}", [address, "--query", query], must, said)
    to.point("query: none", [shop], "refused", "missing")
    to.point("query: at a file", [to.folder / "good.csv", "--query", ask], "refused", "database")
