"""Rules for how much data a model needs, each with the place where it was published.

A rule gives two thresholds: from `enough` on the model can be believed as far as the amount of data goes, below `thin`
it cannot. Where no study gives a number, the rule is the precision of a count: n events know their rate to 1.96/√n of
it (95 %; Garwood 1936, Biometrika 28, 437–442), so 384 events know it to a tenth and 96 to a fifth.
"""

from __future__ import annotations

from dataclasses import dataclass

TENTH, FIFTH = 384, 96  # events that know their rate to 10 % and to 20 %
GARWOOD = "Garwood 1936: a rate known to 10 % (20 %) takes 384 (96) events"
VERDICTS = ("enough", "thin", "too little")


@dataclass(frozen=True)
class Criterion:
    """One number of a company held against what a model needs.

    Attributes
    ----------
    model
        What is to be believed, as "BG/NBD".
    what
        What is counted, as "customers who came back".
    lessons
        The lessons that build on it.
    number
        How many there are.
    enough, thin
        From `enough` on there is enough; below `thin` too little.
    source
        Author and year of the rule, in few words.
    """

    model: str
    what: str
    lessons: tuple[str, ...]
    number: float
    enough: float
    thin: float
    source: str

    @property
    def verdict(self) -> str:
        """One of "enough", "thin" and "too little".

        Examples
        --------
        >>> [Criterion("BG/NBD", "repeat buyers", ("14",), n, 384, 96, "").verdict for n in (500, 100, 3)]
        ['enough', 'thin', 'too little']
        """
        return VERDICTS[(self.number < self.enough) + (self.number < self.thin)]


def events(model: str, what: str, lessons: tuple[str, ...], number: float) -> Criterion:
    """Return the rule of a count: enough where its rate is known to 10 %, too little where not even to 20 %."""
    return Criterion(model, what, lessons, number, TENTH, FIFTH, GARWOOD)


def per_covariate(model: str, what: str, lessons: tuple[str, ...], number: int, covariates: int) -> Criterion:
    """Return the rule of ten events for each coefficient; five are thin.

    Peduzzi et al. (1995, Journal of Clinical Epidemiology 48, 1503–1510) simulated that below ten the estimates of Cox
    regression go astray, and (1996, 49, 1373–1379) the same for the logit; Vittinghoff and McCulloch (2007, American
    Journal of Epidemiology 165, 710–718) found five to nine often tolerable.

    Examples
    --------
    >>> per_covariate("Cox", "contracts ended", ("12",), 60, 8).number, per_covariate("Cox", "", (), 60, 8).verdict
    (7.5, 'thin')
    """
    source = "Peduzzi et al. 1995, 1996: 10 an estimated effect; Vittinghoff and McCulloch 2007: 5"
    said = f"{what} for each of {covariates} effect{'s' * (covariates > 1)}"
    return Criterion(model, said, lessons, round(number / max(covariates, 1), 1), 10, 5, source)


def experiment(name: str, lessons: tuple[str, ...], smallest: int, successes: float) -> Criterion:
    """Return the rule of an experiment: its smallest arm sees a change of the success rate by a fifth.

    Lehr (1992, Statistics in Medicine 11, 1099–1102): 16 s²/d² customers an arm see a difference d with power 80 %. For
    a rate p and d = p/5 that is 400 (1 − p)/p; a quarter of it sees a change of two fifths.

    Parameters
    ----------
    name, lessons, smallest
        Of the experiment; the number of customers in its smallest arm.
    successes
        The share of successes among all.

    Examples
    --------
    >>> experiment("price test", ("05",), 596, 0.5).enough
    400
    """
    share = min(max(successes, 1e-3), 1 - 1e-3)
    need = round(400 * (1 - share) / share)
    source = "Lehr 1992: 16 s²/d² an arm; d is a fifth (two fifths) of the rate"
    return Criterion(
        f"experiment {name}", "customers in the smallest arm", lessons, smallest, need, round(need / 4), source
    )
