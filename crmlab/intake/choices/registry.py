"""The choices that data of one's own ask for: each named, with its options and the one taken where none is said."""

from __future__ import annotations

from dataclasses import dataclass

REFUSE = {"refuse": "stop, and list the rows"}


@dataclass(frozen=True)
class Choice:
    """Something that can be done in more than one way.

    Attributes
    ----------
    name
        What is written before the equals sign of `--choose name=option`.
    question
        What is to be decided.
    options
        What each option does. One in angle brackets stands for any value of that kind.
    default
        The option that is taken where none is said; it loses nothing in silence.
    """

    name: str
    question: str
    options: dict[str, str]
    default: str

    def option(self, chosen: str | None) -> str:
        """Return the option chosen, or the default for None.

        Raises
        ------
        ValueError
            If there is no such option.
        """
        if chosen is None or chosen in self.options:
            return self.default if chosen is None else chosen
        if any(name.startswith("<") for name in self.options):
            return chosen
        raise ValueError(f"{self.name}={chosen} is no option; there are {', '.join(self.options)}")


_ABOUT_SHAPES = (
    Choice(
        "end_day",
        "What is the day on which a contract ended?",
        {"first_without": "the first day without service", "last_with": "the last day with service"},
        "first_without",
    ),
    Choice(
        "months_as",
        "What do the columns of months hold?",
        {
            "ask": "amounts become orders; where all cells are 0 or 1, stop and ask",
            "orders": "amounts: one order for each month with one",
            "contracts": "activity: one contract for each run of months that are not 0 or empty",
        },
        "ask",
    ),
    Choice(
        "month_day",
        "On which day of its month is an order written, where only the month is known?",
        {"first": "the first day", "last": "the last day"},
        "first",
    ),
    Choice("year", "Of which year are months without one?", {"ask": "stop and ask", "<year>": "as 2025"}, "ask"),
    Choice(
        "first_month",
        "What becomes of customers who were active in the first month already, whose start is not known?",
        {"keep": "they begin in that month, and a note says so", "drop": "their first run of months is left out"},
        "keep",
    ),
    Choice(
        "stages",
        "Which event or column is which stage of the funnel?",
        {
            "ask": "names of our stages are known; any other name stops",
            "keep": "names that are not ours are kept as stages of their own",
            "<map>": "as 'signup=lead, demo=proposal, paid=won, page view=-'; - leaves out, touch makes touches",
        },
        "ask",
    ),
)

_ABOUT_ROWS = (
    Choice(
        "total_rows",
        "What becomes of rows that add up others, such as 합계, 소계 or Total, at the end of a sheet or within it?",
        REFUSE | {"drop": "they are left out", "keep": "they are data"},
        "refuse",
    ),
    Choice(
        "opposite",
        "Where does a yes mean the opposite of what is asked, as in 유지여부 (still a customer?) for churned?",
        {"by_name": "where the name of the column says so; where it could be either, stop and ask", "none": "nowhere"}
        | {role: f"in the column for {role}" for role in ("churned", "granted", "accepted", "success")},
        "by_name",
    ),
    Choice(
        "duplicates",
        "What becomes of rows that repeat another in every column?",
        {"keep": "they stay", "drop": "one of them stays"} | REFUSE,
        "keep",
    ),
    Choice(
        "time_zone",
        "Of which place is the day, where times carry an offset from UTC?",
        {"written": "the day that is written", "<zone>": "the day in that time zone, as Asia/Seoul"},
        "written",
    ),
    Choice(
        "same_second",
        "What becomes of orders that repeat customer, second and amount of another?",
        {"keep": "they stay", "drop": "the first of them stays"} | REFUSE,
        "keep",
    ),
    Choice(
        "currencies",
        "What becomes of money in other currencies?",
        REFUSE
        | {
            "<code>": "only rows in that currency stay, as KRW",
            "<rates>": "they are converted, as 'USD=1380, EUR=1500': one unit in the company's currency",
        },
        "refuse",
    ),
)

_ABOUT_TABLES = (
    Choice(
        "test_accounts",
        "What becomes of customers and leads whose id, name or e-mail looks like a test?",
        {"keep": "they stay", "drop": "they and all their rows are left out"},
        "keep",
    ),
    Choice(
        "future_dates",
        "What becomes of rows with a day after the end of the observation, or after today?",
        REFUSE | {"drop": "they are left out"},
        "refuse",
    ),
    Choice(
        "repeated_keys",
        "What becomes of rows that repeat the key of another?",
        REFUSE | {"first": "the first of them stays", "last": "the last of them stays"},
        "refuse",
    ),
    Choice(
        "refunds",
        "What becomes of negative amounts?",
        {"net": "they reduce the same customer's orders before them", "drop": "they are left out"} | REFUSE,
        "net",
    ),
    Choice(
        "zero_orders",
        "What becomes of orders of 0?",
        {"keep": "they stay", "drop": "they are left out"} | REFUSE,
        "keep",
    ),
    Choice(
        "orphans",
        "What becomes of rows that refer to a customer, an order or the like that is not there?",
        REFUSE | {"add": "customers are added, from the first day on which they are seen", "drop": "they are left out"},
        "refuse",
    ),
    Choice(
        "without_orders",
        "What becomes of customers without an order or a contract?",
        {"keep": "they stay", "drop": "they are left out"},
        "keep",
    ),
    Choice("far_out", "What becomes of amounts far from all others?", {"keep": "they stay; look at them"}, "keep"),
)

CHOICES: dict[str, Choice] = {choice.name: choice for choice in (*_ABOUT_SHAPES, *_ABOUT_ROWS, *_ABOUT_TABLES)}
