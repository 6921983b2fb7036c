"""`crmlab check`: a company looked at before anything is concluded from it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crmlab.cli.words import add_command, add_force, say

if TYPE_CHECKING:
    from crmlab.checking import Check

_DONE = {
    "drop": "dropped, because free text can name anybody",
    "mask": "masked; names in it stay",
    "the year only": "only the year is kept",
}

_EXAMPLES = """examples:
  crmlab check shop
  crmlab check shop --out check.html
  crmlab check shop --pseudonymize --key shop.key --out shop_without_names
  crmlab check shop --pseudonymize --key shop.key --text mask --out shop_without_names

--pseudonymize writes a copy in which customer numbers and the personal data that were found are pseudonyms, the same in
every table. The key is made where there is none; whoever has it can make the same pseudonyms again, so keep it where
the data are not. Free text that holds personal data is dropped; with --text mask only what was found in it is.
"""


def add_to(commands: Any) -> None:
    """Add the command to the others."""
    parser = add_command(
        commands, "check", _check, "look at a company: what is odd, and what can be believed", _EXAMPLES
    )
    parser.add_argument("company", metavar="DIR", help="a folder of yours, or a built-in company")
    parser.add_argument("--out", metavar="FILE", help="a page of HTML; with --pseudonymize the folder of the copy")
    parser.add_argument("--pseudonymize", action="store_true", help="write a copy with pseudonyms for personal data")
    parser.add_argument("--key", metavar="FILE", help="the key of the pseudonyms; made if it is not there")
    parser.add_argument("--text", choices=("drop", "mask"), help="free text with personal data (default: drop)")
    add_force(parser)


def _check(told: argparse.Namespace) -> int:
    from crmlab.checking import check
    from crmlab.checking.writing import as_text

    if told.pseudonymize and not (told.key and told.out):
        raise ValueError("--pseudonymize needs --key FILE and --out DIR")
    if not told.pseudonymize and (told.key or told.text):
        raise ValueError("--key and --text go with --pseudonymize")
    found = check(told.company)
    print(as_text(found), end="\n\n")
    if told.pseudonymize:
        return _pseudonymize(told, found)
    if told.out:
        found.write(told.out, overwrite=told.force)
        print(f"Wrote {Path(told.out).as_posix()}. Next: open it in a browser.")
    if found.problems:
        return say(f"{found.company.name} cannot be opened by any lesson before what must be mended is mended.", 2)
    return 0


def _pseudonymize(told: argparse.Namespace, found: Check) -> int:
    from crmlab.checking import key_of, pseudonymize
    from crmlab.checking.writing import printable
    from crmlab.data import find_company, save

    if found.problems:
        raise ValueError(f"{found.company.name} was not copied: mend first what must be mended")
    key, made = key_of(told.key, [find_company(told.company), told.out])
    try:
        copy, done = pseudonymize(found.company, key, told.text or "drop")
        save(copy, told.out, overwrite=told.force)
    except BaseException:
        if made:
            Path(told.key).expanduser().unlink()
        raise
    for row in done.to_dict("records"):
        print(
            printable(f"{row['table']}.{row['column']}: {_DONE.get(row['what'], row['what'])}, {row['rows']:,} rows.")
        )
    folder, key_file = Path(told.out).as_posix(), Path(told.key).as_posix()
    print(f"Wrote the copy to {folder}/. The key {'was made' if made else 'is'} in {key_file}: keep it elsewhere.")
    print(f"Next: crmlab check {folder}")
    return 0
