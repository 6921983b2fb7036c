"""The velocity of a pipeline."""

import pytest

from crmlab.pipeline import pipeline_velocity


def test_the_published_velocity():
    """50 deals, a quarter won, 20,000 each, 60 days: 4,166.67 a day."""
    assert pipeline_velocity(50, 0.25, 20_000, 60) == pytest.approx(4166.67, abs=0.005)


def test_an_impossible_pipeline_is_refused():
    for numbers in ((50, 1.2, 20_000, 60), (-1, 0.2, 20_000, 60), (50, 0.2, 20_000, 0), (50, 0.2, float("inf"), 60)):
        with pytest.raises(ValueError, match="a win rate from 0 to 1, and a cycle above 0 days"):
            pipeline_velocity(*numbers)
