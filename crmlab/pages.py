"""The page around whatever crmlab writes as HTML: one file that asks nothing of any network.

Style and pictures stand inside the page, and a content security policy forbids what might have slipped in: the page
shows text, tables and pictures, loads nothing and runs nothing.
"""

from __future__ import annotations

from functools import cache
from html import escape
from importlib.resources import files

import crmlab

_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def page(title: str, body: str, language: str = "en", back: bool = True) -> str:
    """Return a whole page around `body`, with all that it needs inside.

    Parameters
    ----------
    title
        Plain text.
    body
        HTML.
    language
        The language of the text, as "en".
    back
        Whether a link leads back to the index.
    """
    link = '<header><a href="index.html">All lessons of this report</a></header>' if back else ""
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(language)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="generator" content="{generator()}">\n<title>{escape(title)}</title>\n'
        f"<style>\n{_style()}</style>\n</head>\n<body>\n{link}<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def generator() -> str:
    """Return the mark by which a page of crmlab is known."""
    return f"crmlab {crmlab.__version__}"


@cache
def _style() -> str:
    from pygments.formatters import HtmlFormatter

    own = (files("crmlab") / "pages.css").read_text(encoding="utf-8")
    return own + str(HtmlFormatter(style="default").get_style_defs(".highlight")) + "\n"
