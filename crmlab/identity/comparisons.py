"""Which pairs are compared, in which fields, and in how many levels of agreement.

**Blocking.** Of 100,000 records there are five billion pairs. Only those are compared that agree exactly on e-mail,
telephone or date of birth, or on name and postcode; a pair that agrees on none of them is taken for two people.

**Levels.** A field agrees, nearly agrees or differs. Nearly is one slip of the pen: one letter or digit wrong, missing,
too many or changed with its neighbour (a Damerau–Levenshtein distance of 1), or day and month swapped. Agreement on a
rare name is worth more than on a frequent one, by the frequency of the name (term-frequency adjustment).

**Together or apart.** The weights of fields add up only if the fields are independent. E-mail, telephone and home are
not: two people of one household share all three, and three agreements then say no more than one. Compared `together`,
they are one field with levels from "e-mail and telephone" to "postcode alone". Compared `apart`, each gets a weight of
its own, and relatives are taken for one person.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

REACH = ("email", "phone")
CONTACTS = (*REACH, "postcode")
WAYS = ("together", "apart")
RULES = (("email",), ("phone",), ("birth_date",), ("name", "postcode"))
_SAID = {"email": "e-mail", "phone": "telephone", "postcode": "postcode"}
_SWAPPED = (
    "substr(birth_date_l, 1, 5) || substr(birth_date_l, 9, 2) || '-' || substr(birth_date_l, 6, 2) = birth_date_r"
)


def comparison_names(fields: Sequence[str], contacts: str) -> dict[str, tuple[str, ...]]:
    """Return the names of the comparisons, each with the fields that it looks at.

    Examples
    --------
    >>> comparison_names(["name", "email", "birth_date", "postcode"], "together")
    {'name': ('name',), 'birth_date': ('birth_date',), 'contact': ('email', 'postcode')}
    """
    if contacts == "apart":
        return {name: (name,) for name in fields}
    alone = {name: (name,) for name in fields if name not in CONTACTS}
    shared = tuple(name for name in CONTACTS if name in fields)
    return alone | ({"contact": shared} if shared else {})


def blocking_rules(fields: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the rules whose fields there are; a pair is compared if it agrees on all fields of one of them.

    Examples
    --------
    >>> blocking_rules(["name", "email", "birth_date"])
    [('email',), ('birth_date',)]
    """
    return [rule for rule in RULES if set(rule) <= set(fields)]


def build(names: dict[str, tuple[str, ...]]) -> list[Any]:
    """Return the comparisons as splink wants them."""
    from splink import comparison_library as library

    return [
        library.CustomComparison(_levels(name, fields), output_column_name=name, comparison_description=name)
        for name, fields in names.items()
    ]


def _levels(name: str, fields: tuple[str, ...]) -> list[Any]:
    from splink import comparison_level_library as level

    rows = _contact_levels(fields) if name == "contact" else _field_levels(name)
    missing = " AND ".join(f"({field}_l IS NULL OR {field}_r IS NULL)" for field in fields)
    exact = level.ExactMatchLevel("name", term_frequency_adjustments=True).configure(label_for_charts="agrees")
    first = [exact] if name == "name" else []
    made = [level.CustomLevel(sql, said) for sql, said in rows]
    return [level.CustomLevel(missing, "missing").configure(is_null_level=True), *first, *made, _rest(level)]


def _rest(level: Any) -> Any:
    return level.ElseLevel().configure(label_for_charts="differs")


def _field_levels(field: str) -> list[tuple[str, str]]:
    if field == "name":
        return [(_near(field), "one slip")]
    agrees = [(f"{field}_l = {field}_r", "agrees")]
    if field == "birth_date":
        return [*agrees, (f"{_SWAPPED} OR {_near(field)}", "swapped or one slip")]
    return [*agrees, (_near(field), "one slip")] if field in REACH else agrees


def _contact_levels(fields: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return the levels of e-mail, telephone and postcode as one comparison; one slip counts as agreement."""
    reach = [field for field in fields if field in REACH]
    said = " and ".join(_SAID[field] for field in reach)
    one = f"({' OR '.join(_near(field) for field in reach)})"
    home = "coalesce(postcode_l = postcode_r, false)"
    named = "one of them" if len(reach) == 2 else said
    both = [(" AND ".join(_near(field) for field in reach), said)] if len(reach) == 2 else []
    if "postcode" not in fields:
        return [*both, (one, named)]
    reached = [(f"{one} AND {home}", f"{named}, with postcode"), (one, named)] if reach else []
    return [*both, *reached, (home, "postcode alone")]


def _near(field: str) -> str:
    """Return SQL for at most one slip; a quick measure goes first, since most pairs are far apart."""
    quick = f"jaro_similarity({field}_l, {field}_r) >= 0.9"
    return f"(CASE WHEN {quick} THEN damerau_levenshtein({field}_l, {field}_r) <= 1 ELSE false END)"
