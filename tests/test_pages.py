from __future__ import annotations

import re

from crmlab.pages import generator, page


def test_a_page_is_whole_and_its_title_is_text() -> None:
    html = page("<b> & 한글", "<p>x</p>", "ko")
    assert html.startswith('<!DOCTYPE html>\n<html lang="ko">')
    assert "<title>&lt;b&gt; &amp; 한글</title>" in html
    assert f'content="{generator()}"' in html
    assert 'href="index.html"' in html
    assert 'href="index.html"' not in page("t", "", back=False)
    assert not re.search(r'(src|href)="https?:', html)


def test_a_page_forbids_what_might_have_slipped_in() -> None:
    html = page("t", '<img src="https://x.org/a.png">')
    assert "default-src 'none'; img-src data:; style-src 'unsafe-inline'" in html
    assert ".scroll { overflow-x: auto" in html, "the style stands inside"
