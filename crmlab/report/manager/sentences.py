"""The sentences of the manager's page and of the index around it, in English and Korean.

Both languages hold the same keys and the same blanks.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from crmlab import labels
from crmlab.report.manager.answers import ANSWERS
from crmlab.report.manager.cautions import CAUTIONS
from crmlab.report.manager.contents import CONTENTS

SENTENCES = ANSWERS | CAUTIONS | CONTENTS


def say(key: str, **blanks: Any) -> str:
    """Return a sentence in the language in use, with its blanks filled where any are given.

    Raises
    ------
    KeyError
        If there is no such sentence.

    Examples
    --------
    >>> say("half left", months=3)
    'Half have left after 3 months.'
    """
    text = SENTENCES[key][labels.LANGUAGES.index(labels.language())]
    return text.format(**blanks) if blanks else text


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Use a language for a while.

    Raises
    ------
    ValueError
        If the language is not known.
    """
    before = labels.language()
    labels.use(language)
    try:
        yield
    finally:
        labels.use(before)
