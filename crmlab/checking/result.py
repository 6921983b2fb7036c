"""The check of a company: what its tables hold, what looks wrong, and what can be believed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

import pandas as pd

from crmlab import plots
from crmlab.checking import evidence, findings, keys, personal, runnable, volume
from crmlab.checking.columns import describe_columns
from crmlab.checking.opening import look_into
from crmlab.company import Company
from crmlab.data.validation import Problem
from crmlab.labels import word
from crmlab.lessons import Lesson
from crmlab.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST_LINES = len(plots.PALETTE)


@dataclass(frozen=True, eq=False, repr=False)
class Check(Result):
    """What a look at a company's tables found. Of texts it holds no value but the names of experiments.

    Attributes
    ----------
    table
        One row for each column: `table`, `column`, `kind`, `rows`, `missing` (share), `different` (values), `low`,
        `high`, `remark`.
    findings
        What was found, as sentences: `level` ("fault", "warning" or "note"), `where`, `what`.
    repeats, broken
        Rows that repeat, and references to nothing: `table`, `columns`, `what`, `rows`, `share`.
    months
        Rows of each month: `table`, `column`, `month`, `rows`, `expected`, `ratio`, `leap`.
    gaps
        Stretches without rows: `table`, `column`, `first`, `last`, `days`, `expected`.
    personal
        Columns that seem to hold personal data: `table`, `column`, `kind`, `rows`, `share`, `within`, `why`.
    lessons
        `lesson`, `title`, `runs`, `lacks`, `verdict` on the amount of data, and the model `of` it.
    opens
        Tables that would open lessons: `table`, `columns`, `opens`, `lessons`, `helps`.
    evidence
        The rules behind the verdicts: `model`, `what`, `number`, `enough`, `thin`, `verdict`, `lessons`, `source`.
    company
        What was looked at.
    problems
        Why no lesson would open the folder; empty where one would.
    """

    table: pd.DataFrame
    findings: pd.DataFrame
    repeats: pd.DataFrame
    broken: pd.DataFrame
    months: pd.DataFrame
    gaps: pd.DataFrame
    personal: pd.DataFrame
    lessons: pd.DataFrame
    opens: pd.DataFrame
    evidence: pd.DataFrame
    company: Company
    problems: tuple[Problem, ...] = ()

    @classmethod
    def from_company(
        cls,
        company: Company,
        problems: tuple[Problem, ...] = (),
        said: tuple[str, ...] = (),
        lessons: Mapping[str, Lesson] | None = None,
    ) -> Self:
        """Look at a company that is open.

        Parameters
        ----------
        company
            Its tables need not fit the data dictionary, but their columns have its types.
        problems
            What is known to be wrong with it.
        said
            What opening it said.
        lessons
            The lessons asked about; those of the course if not given.
        """
        lessons = runnable.lessons_at_hand() if lessons is None else lessons
        tables, persons = company.tables, personal.find_personal(company.tables)
        hidden = set(zip(persons["table"], persons["column"], strict=True))
        columns = describe_columns(tables, hidden)
        repeats, broken = keys.find_repeats(tables), keys.find_broken(tables)
        months, gaps = volume.count_months(tables, company.observation_end), volume.find_gaps(tables)
        criteria = evidence.weigh(company)
        runs = _judged(runnable.which_run(company, lessons), criteria)
        told = {".".join(filter(None, (each.table, each.column))) for each in problems}
        sentences = [
            *findings.of_problems(problems),
            *(("note", company.name, text) for text in said),
            *findings.of_tables(columns),
            *(each for each in findings.of_keys(repeats, broken) if each[1] not in told),
            *findings.of_volume(months, gaps),
            *findings.of_persons(persons),
            *findings.of_lessons(runs),
        ]
        found, opens = findings.sorted_frame(sentences), runnable.what_opens(company, lessons)
        weighed = evidence.table_of(criteria)
        return cls(columns, found, repeats, broken, months, gaps, persons, runs, opens, weighed, company, problems)

    def summary(self) -> pd.DataFrame:
        """Return how much there is, how much looks wrong, and how many lessons can be believed."""
        levels, run = self.findings["level"], self.lessons[self.lessons["runs"]]
        rows = {
            "tables": self.table["table"].nunique(),
            "rows": int(self.table.groupby("table")["rows"].first().sum()),
            "faults": int((levels == "fault").sum()),
            "warnings": int((levels == "warning").sum()),
            "columns with personal data": len(self.personal[["table", "column"]].drop_duplicates()),
            "lessons that run": len(run),
            "of these with enough data": int((run["verdict"] == "enough").sum()),
        }
        return pd.DataFrame({"value": rows})

    def write(self, path: str | Path, overwrite: bool = False) -> None:
        """Write the check as one page of HTML that asks nothing of any network.

        Parameters
        ----------
        path
            The file; its folder is made.
        overwrite
            Whether to replace a page that crmlab wrote before. Any other file is never replaced.

        Raises
        ------
        FileExistsError
            If the file is there and may not be replaced.
        """
        from crmlab.checking.sheet import as_html, write_page

        write_page(as_html(self), Path(path), overwrite)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the rows of each month by table, the leaps marked; of many tables those that leap, then the largest."""
        ax, lines = plots.new_axes(ax), self._lines()
        said = []
        for i, (name, rows) in enumerate(lines.items()):
            at, counts = pd.to_datetime(rows["month"], format="%Y-%m").to_numpy(), rows["rows"].to_numpy()
            leaps, colour = (rows["leap"] != "").to_numpy(), plots.PALETTE[i]
            ax.plot(at, counts, linestyle=plots.DASHES[i], color=colour, label=name)  # pyright: ignore
            ax.plot(at[leaps], counts[leaps], "o", color=colour, markersize=9, markerfacecolor="none")
            said.append(f"{name} {rows['rows'].min():,} to {rows['rows'].max():,} a month")
            said[-1] += f", leaps in {', '.join(rows['month'][leaps])}" if leaps.any() else ""
        ax.set_yscale("symlog")
        ax.set_ylim(bottom=0)
        ax.yaxis.set_major_formatter("{x:,.0f}")
        title = word("Does any month leap?")
        if lines:
            ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize=9)
        plots.finish(ax, title, "", word("rows a month"))
        return plots.describe(
            ax, f"{title} Lines of rows a month, on a logarithmic scale: {'; '.join(said) or 'none'}."
        )

    def _lines(self) -> dict[str, pd.DataFrame]:
        """Return the months of the date columns that are drawn, by name."""
        if self.months.empty:
            return {}
        parts = {f"{table}.{column}": rows for (table, column), rows in self.months.groupby(["table", "column"])}
        ranked = sorted(parts, key=lambda name: ((parts[name]["leap"] == "").all(), -parts[name]["rows"].sum()))
        return {name: parts[name] for name in ranked[:_MOST_LINES]}


def check(name_or_folder: str | Path | Company) -> Check:
    """Look at a company's tables: what they hold, what looks wrong, which lessons run and which can be believed.

    A folder whose tables do not fit is looked at as far as they can be read; the faults come first then.

    Parameters
    ----------
    name_or_folder
        A built-in company, a folder that `adopt` or `save` wrote, or a company that is open.

    Raises
    ------
    ValueError
        If there is neither a built-in company nor a folder of that name.
    DataError
        If there is no table that can be read.

    Examples
    --------
    >>> check("retail").personal[["column", "kind"]].head(2).to_dict("records")
    [{'column': 'name', 'kind': 'name'}, {'column': 'email', 'kind': 'e-mail'}]
    """
    if isinstance(name_or_folder, Company):
        return Check.from_company(name_or_folder)
    return Check.from_company(*look_into(name_or_folder))


def _judged(runs: pd.DataFrame, criteria: list[evidence.Criterion]) -> pd.DataFrame:
    verdicts = [evidence.verdict_of(lesson, criteria) for lesson in runs["lesson"]]
    judged = pd.DataFrame(verdicts, columns=["verdict", "of"], index=runs.index).where(runs["runs"], "")
    return runs.join(judged)
