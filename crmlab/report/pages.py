"""From an executed notebook to the body of a page of HTML that asks nothing of any network.

nbconvert renders the cells, latex2mathml the formulas. Scripts are taken out, and what the page around it
(`crmlab.pages`) forbids is what might be left: it shows text, tables and pictures, and a data table's text stays text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import escape
from pathlib import Path
from typing import Any

_WIDGET = "application/vnd.jupyter.widget-view+json"
_SLIDER = '<p class="widget">In JupyterLab a slider stands here.</p>'
_OPEN, _CLOSE = "\ue000", "\ue001"  # around the number of a formula while the cells are rendered
_MARK_IN_ATTRIBUTE = re.compile(f"({_OPEN}|%EE%80%80)[0-9]+({_CLOSE}|%EE%80%81)")  # anchors are percent-encoded
_TEX = re.compile(
    r"""
    (?P<code> ^[ ]{0,3}(?P<fence>`{3,}|~{3,})[^\n]*\n.*?(^[ ]{0,3}(?P=fence)[`~]*[ ]*$|\Z)
      | (?<!`)(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`) )
    | (?P<escaped> \\\$ )
    | \$\$(?P<block>.+?)\$\$
    | \$(?=\S)(?P<inline>[^$\n]*?[^\s$\\])\$(?!\d)
    | (?P<dollar> \$ )
    """,
    re.DOTALL | re.MULTILINE | re.VERBOSE,
)


def lesson_body(notebook: Any, settings: Mapping[str, Any], hide: Mapping[str, str], links: Mapping[str, str]) -> str:
    """Return the cells of an executed notebook as HTML.

    Parameters
    ----------
    notebook
        It is changed on the way.
    settings
        What was set for this run, as it is to be shown in place of the cell that papermill put in.
    hide
        Text of the outputs (paths of this machine) and what stands in its place.
    links
        File names of notebooks and of their pages; links to other files are taken out, their text stays.
    """
    from bs4 import BeautifulSoup
    from nbconvert import HTMLExporter

    formulas: list[str] = []
    _prepare(notebook, settings, hide, lambda text: _lift_formulas(text, formulas))
    exporter = HTMLExporter(template_name="basic", exclude_input_prompt=True, exclude_output_prompt=True)
    html, _ = exporter.from_notebook_node(notebook)
    soup = BeautifulSoup(html, "html.parser")
    _clean(soup, links)
    return re.sub(f"{_OPEN}([0-9]+){_CLOSE}", lambda match: "".join(formulas[int(match[1]) :][:1]), str(soup))


def mathml(tex: str, block: bool = False) -> str:
    r"""Return a formula as MathML; what cannot be translated stays TeX, as code.

    Examples
    --------
    >>> mathml("x_i")
    '<math display="inline"><mrow><msub><mi>x</mi><mi>i</mi></msub></mrow></math>'
    >>> mathml(r"\frac{a}{")
    '<code>\\frac{a}{</code>'
    """
    from latex2mathml.converter import convert

    plain = re.sub(r"\\(begin|end)\{(aligned|gathered|split)\}", r"\\\1{align*}", tex.strip())
    try:
        made = convert(plain, display="block" if block else "inline")
    except Exception:  # its errors share no base class
        return f"<code>{escape(tex, quote=False)}</code>"
    return made.replace(' xmlns="http://www.w3.org/1998/Math/MathML"', "")


def _lift_formulas(text: str, formulas: list[str]) -> str:
    """Put a numbered mark in the place of each formula, and of each dollar sign that is none, outside code."""

    def lifted(match: re.Match[str]) -> str:
        if match["code"] or match["escaped"]:
            return match[0]
        block, inline = match["block"], match["inline"]
        formulas.append("$" if match["dollar"] else mathml(block or inline, block is not None))
        return f"{_OPEN}{len(formulas) - 1}{_CLOSE}"

    return _TEX.sub(lifted, text)


def _prepare(notebook: Any, settings: Mapping[str, Any], hide: Mapping[str, str], lift: Callable[[str], str]) -> None:
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = lift(cell.source)
        if "injected-parameters" in cell.metadata.get("tags", []):
            lines = (f"{name} = {value!r}" for name, value in settings.items())
            cell.source = "\n".join(["# set for this report", *lines])
        for output in cell.get("outputs", []):
            _prepare_output(output, hide, lift)


def _prepare_output(output: Any, hide: Mapping[str, str], lift: Callable[[str], str]) -> None:
    if "text" in output:
        output.text = _hidden(re.sub(r"\S*ipykernel_\d+\S*\.py:", "cell, line ", output.text), hide)
    data = output.get("data", {})
    if _WIDGET in data:
        data.clear()
        data["text/html"] = _SLIDER
    data.pop("application/javascript", None)
    if "text/latex" in data:
        data["text/markdown"] = data.pop("text/latex")
    for kind in data:
        if kind.startswith("text/"):
            text = _hidden(data[kind], hide)
            data[kind] = lift(text) if kind == "text/markdown" else text


def _hidden(text: str, hide: Mapping[str, str]) -> str:
    for path, shown in hide.items():
        for spelled in (path, path.replace("\\", "\\\\"), path.replace("\\", "/")):
            text = text.replace(spelled, shown)
    return text


def _clean(soup: Any, links: Mapping[str, str]) -> None:
    """Take out what would run or load anything, and mend the links between lessons."""
    for tag in soup.select("script, iframe, object, embed, link, base, meta, form, style[scoped], a.anchor-link"):
        tag.decompose()
    for table in soup.find_all("table"):  # a wide one scrolls by itself, also by keyboard
        table.wrap(soup.new_tag("div", attrs={"class": "scroll", "tabindex": "0"}))
    for tag in soup.find_all(True):  # no formula within an attribute: an anchor, an alternative text
        for name, value in tag.attrs.items():
            if isinstance(value, str):
                tag[name] = _MARK_IN_ATTRIBUTE.sub("", value)
    for picture in soup.find_all("img"):
        if not picture.get("src", "").startswith("data:"):
            picture.replace_with(f"[{picture.get('alt') or 'picture'}]")
    for link in soup.find_all("a", href=True):
        name, mark, place = link["href"].partition("#")
        if re.match("(https?|mailto):|$", name):
            continue
        if Path(name).name in links:
            link["href"] = links[Path(name).name] + mark + place
        else:
            link.unwrap()
