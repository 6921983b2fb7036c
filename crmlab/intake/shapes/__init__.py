"""The shapes in which people have their data, each turned into tables of the data dictionary.

Every table of the dictionary is a shape of its own name. The others are how systems export: one row a line of an order,
spans from start to end, tenure with a churn flag, a column a month, a log of events, a column a stage. A shape invents
nothing: what it cannot know is said in a note.
"""

from __future__ import annotations

from crmlab.intake.shapes.contracts import SPANS, TENURE
from crmlab.intake.shapes.leads import EVENT_LOG, LEAD_STAGES
from crmlab.intake.shapes.months import WIDE_MONTHS
from crmlab.intake.shapes.orders import SALES_LINES
from crmlab.intake.shapes.plain import plain_shapes
from crmlab.intake.shapes.schema import Built, Role, Settings, Shape, headings, one_of_many

__all__ = ["SHAPES", "Built", "Role", "Settings", "Shape", "headings", "one_of_many"]

_SPECIAL = (SALES_LINES, SPANS, TENURE, WIDE_MONTHS, EVENT_LOG, LEAD_STAGES)

SHAPES: dict[str, Shape] = {shape.name: shape for shape in (*plain_shapes(), *_SPECIAL)}
