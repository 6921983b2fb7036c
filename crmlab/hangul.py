"""Korean syllables in Latin letters, by the Revised Romanisation of 2000 (Ministry of Culture).

A syllable of Hangul is an initial, a vowel and, often, a final, and Unicode numbers all 11,172 of them in that order.
So three short lists are the whole rule, if sounds that change between syllables are left as they are: that is how names
are spelt.
"""

from __future__ import annotations

_LETTERS = """g,kk,n,d,tt,r,m,b,pp,s,ss,,j,jj,ch,k,t,p,h
a,ae,ya,yae,eo,e,yeo,ye,o,wa,wae,oe,yo,u,wo,we,wi,yu,eu,ui,i
,k,k,k,n,n,n,t,l,k,m,l,l,l,p,l,m,p,p,t,t,ng,t,t,k,t,p,t"""
_INITIALS, _VOWELS, _FINALS = (line.split(",") for line in _LETTERS.splitlines())


def romanise(hangul: str) -> str:
    """Return Korean syllables in Latin letters; other characters as they are.

    Examples
    --------
    >>> romanise("민서"), romanise("현율")
    ('minseo', 'hyeonyul')
    """
    return "".join(_syllable(letter) if is_hangul(letter) else letter for letter in hangul)


def is_hangul(text: str) -> bool:
    """Return whether a text begins with a Korean syllable.

    Examples
    --------
    >>> is_hangul("김민서"), is_hangul("Kim"), is_hangul("")
    (True, False, False)
    """
    return "가" <= text[:1] <= "힣"


def _syllable(letter: str) -> str:
    place = ord(letter) - ord("가")
    return _INITIALS[place // 588] + _VOWELS[place // 28 % 21] + _FINALS[place % 28]
