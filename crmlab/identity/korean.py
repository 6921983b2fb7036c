"""Korean names in Latin letters, so that 김민서, Kim Min-seo and MINSEO KIM can be compared.

Given names are romanised syllable by syllable (`crmlab.hangul`). A slip in one vowel of Hangul then is a slip in one
letter or two, which measures of distance between texts see; in Hangul itself the whole syllable would differ.

Family names do not follow that rule: 이 is hardly ever written "i", but Lee, Yi or Rhee. So each family name has a list
of usual spellings, and the first of them stands for all.
"""

from __future__ import annotations

from functools import cache

from crmlab.hangul import romanise

# Family names, the most frequent first (census of 2015, Statistics Korea), each with its usual spellings.
_FAMILIES = """김 kim gim|이 lee yi rhee i|박 park bak pak|최 choi choe|정 jung jeong chung|강 kang gang|조 cho jo
윤 yoon yun|장 jang chang|임 lim im|한 han|오 oh o|서 seo suh|신 shin sin|권 kwon gwon|황 hwang|안 ahn an|송 song
류 ryu|전 jeon chun|홍 hong|고 ko go koh|문 moon mun|양 yang|손 son sohn|배 bae pae|백 baek paik|허 heo hur
유 yoo yu you|남 nam|심 shim sim|노 noh roh no|하 ha|곽 kwak gwak|성 sung seong|차 cha|주 joo ju|우 woo|구 koo gu ku
민 min|나 na|진 jin|지 ji|엄 um eom|채 chae|원 won|천 cheon|방 bang|공 kong gong|현 hyun hyeon|함 ham|변 byun byeon"""
_OF_TWO_SYLLABLES = {"남궁", "황보", "제갈", "선우", "독고", "사공"}


def split_hangul(name: str) -> tuple[str, str]:
    """Return family name and given name of a name in Hangul, in Latin letters.

    Examples
    --------
    >>> split_hangul("이지수"), split_hangul("남궁민서")
    (('lee', 'jisu'), ('namgung', 'minseo'))
    """
    size = 2 if name[:2] in _OF_TWO_SYLLABLES and len(name) > 3 else 1
    family, given = name[:size], name[size:]
    return _spellings()[0].get(family, romanise(family)), romanise(given)


def split_latin(words: list[str]) -> tuple[str, str] | None:
    """Return family name and given name of a Korean name in small Latin letters; None where no family name is seen.

    The family name may stand first or last; where both could be one, the more frequent family name counts.

    Examples
    --------
    >>> split_latin(["min", "seo", "kim"]), split_latin(["yi", "jisu"]), split_latin(["emily", "clark"])
    (('kim', 'minseo'), ('lee', 'jisu'), None)
    """
    ranks = _spellings()[1]
    first, last = ranks.get(words[0]), ranks.get(words[-1])
    if len(words) < 2 or (first is None and last is None):
        return None
    leads = last is None or (first is not None and first <= last)
    family, given = (first, words[1:]) if leads else (last, words[:-1])
    return [*_spellings()[0].values()][family or 0], "".join(given)


@cache
def _spellings() -> tuple[dict[str, str], dict[str, int]]:
    """Return the spelling of each family name that stands for all, and the rank of the family of each spelling."""
    rows = [row.split() for row in _FAMILIES.replace("\n", "|").split("|")]
    known = {hangul: first for hangul, first, *_ in rows}
    ranks: dict[str, int] = {}
    for rank, (_, *spellings) in enumerate(rows):
        for spelling in spellings:
            ranks.setdefault(spelling, rank)
    return known, ranks
