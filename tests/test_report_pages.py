from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from crmlab.pages import page
from crmlab.report.pages import lesson_body, mathml

WIDGET = "application/vnd.jupyter.widget-view+json"


def body(*cells: object, **how: dict) -> str:
    settings = {"settings": {}, "hide": {}, "links": {}} | how
    return lesson_body(new_notebook(cells=list(cells)), **settings)


def markdown(text: str, **how: dict) -> str:
    return body(new_markdown_cell(text), **how)


def output(**data: str) -> str:
    kinds = {"html": "text/html", "plain": "text/plain", "latex": "text/latex", "js": "application/javascript"}
    shown = new_output("display_data", {kinds[kind]: text for kind, text in data.items()})
    return body(new_code_cell("x", outputs=[shown]))


@pytest.mark.parametrize(
    ("text", "formulas"),
    [
        ("a $x_i$ b $$y^2$$", 2),
        ("$r*a*b$ and *c*", 1),
        ("costs $5 and $10", 0),
        ("$5-$10, $20k/$30k, 7 $", 0),
        (r"\$x\$", 0),
        ("`$x$` and ``a ` $y$``", 0),
        ("```python\nx = '$a$'\n```\n\n$b$", 1),
        ("~~~\n$a$\n~~~", 0),
        ("$$\n\\sum_{i=1}^n\nx_i\n$$", 1),
        ("| a |\n|---|\n| $x$ |", 1),
    ],
)
def test_formulas_become_mathml_and_nothing_else_does(text: str, formulas: int) -> None:
    html = markdown(text)
    assert html.count("<math") == formulas
    assert not re.search("[\ue000\ue001]", html)


def test_currency_and_code_stay_as_they_are() -> None:
    text = BeautifulSoup(markdown("costs $5 and **bold** $10, `a $b$ c`"), "html.parser")
    assert text.get_text().strip() == "costs $5 and bold $10, a $b$ c"
    assert text.strong


def test_formulas_are_not_read_as_markdown() -> None:
    assert "<em>" not in markdown("$a*b*c$, $a_b_c$")
    assert 'display="block"' in markdown("$$x$$")
    assert '<h1 id="The-of-it">' in markdown("# The $x$of it")


def test_a_formula_that_cannot_be_translated_stays_as_code() -> None:
    assert mathml(r"\frac{a<b}{") == r"<code>\frac{a&lt;b}{</code>"
    assert "<mtable" in mathml(r"\begin{aligned} a &= b \\ c &= d \end{aligned}")


@settings(deadline=None, max_examples=25)
@given(st.text(st.sampled_from("$$\\`*_[]{}()<>~ \nax1"), max_size=40))
def test_any_markdown_is_rendered(text: str) -> None:
    assert not re.search("[\ue000\ue001]", markdown(text))


def test_links_lead_to_pages_of_the_report_or_are_taken_out() -> None:
    links = {"11-a.ipynb": "11-a.html"}
    html = markdown(
        "[a](11-a.ipynb#top) [b](12-b.ipynb) [c](#here) [d](https://x.org/) [e](../LICENSE) [f](javascript:x)",
        links=links,
    )
    assert re.findall('href="([^"]*)"', html) == ["11-a.html#top", "#here", "https://x.org/"]
    assert BeautifulSoup(html, "html.parser").get_text().split() == list("abcdef")


def test_nothing_is_loaded_and_nothing_runs() -> None:
    html = markdown(
        '![chart](https://x.org/a.png) <script src="https://x.org/a.js"></script> <iframe src="//x"></iframe>'
    )
    html += output(js="alert(1)", plain="<Javascript>")
    html += output(
        html='<link href="https://x.org/a.css"><img src="http://x.org/b.png" alt="b"><script>alert(1)</script>'
    )
    soup = BeautifulSoup(html, "html.parser")
    assert not soup.find_all(["script", "link", "iframe", "img"])
    assert "[chart]" in html
    assert "[b]" in html
    assert "default-src 'none'" in page("t", html)


def test_pictures_keep_their_alternative_text() -> None:
    shown = new_output("display_data", {"image/png": "aGk="}, metadata={"image/png": {"alt": 'a "high" <line>'}})
    (picture,) = BeautifulSoup(body(new_code_cell("x", outputs=[shown])), "html.parser").find_all("img")
    assert picture["alt"] == 'a "high" <line>'
    assert picture["src"] == "data:image/png;base64,aGk="


def test_a_wide_table_scrolls_by_itself() -> None:
    html = output(html="<table><tr><td>1</td></tr></table>")
    assert BeautifulSoup(html, "html.parser").select('div.scroll[tabindex="0"] > table')


def test_a_slider_becomes_a_line_of_text() -> None:
    shown = new_output("display_data", {WIDGET: {"model_id": "x"}, "text/plain": "IntSlider()"})
    html = body(new_code_cell("x", outputs=[shown]))
    assert "In JupyterLab a slider stands here." in html
    assert "model_id" not in html
    assert "IntSlider" not in html


def test_text_of_outputs_is_escaped() -> None:
    stream = new_output("stream", text="<script>alert(1)</script>")
    for html in (output(plain="<script>alert(1)</script>"), body(new_code_cell("x", outputs=[stream]))):
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
        assert "<script>" not in html


def test_latex_outputs_become_formulas() -> None:
    assert "<math" in output(latex="$x$")


def test_paths_of_the_machine_are_hidden() -> None:
    text = "from C:\\Users\\kim\\cdnow and C:/Users/kim/cdnow, /tmp/ipykernel_15/22.py:2: UserWarning: hm"
    stream = new_output("stream", text=text)
    html = body(new_code_cell("x", outputs=[stream]), hide={"C:\\Users\\kim\\cdnow": "cdnow"})
    assert "from cdnow and cdnow, cell, line 2: UserWarning: hm" in html
    assert "ipykernel" not in html


def test_the_cell_of_papermill_shows_what_was_set() -> None:
    injected = new_code_cell("COMPANY = '/home/kim/cdnow'", metadata={"tags": ["injected-parameters"]})
    text = BeautifulSoup(body(injected, settings={"COMPANY": "cdnow"}), "html.parser").get_text()
    assert text.strip() == "# set for this report\nCOMPANY = 'cdnow'"
