"""How long conversion takes, and how many will never convert.

- `time_to_convert`: the share converted t days after the start, counted, with nothing assumed;
- `cure`: the share that never converts, however long one waits: that needs a model, and enough time;
- `durations`: both start from how long each lead was seen and how it ended.
"""

from crmlab.conversion_time.cure import CureModel
from crmlab.conversion_time.time_to_convert import TimeToConvert

__all__ = ["CureModel", "TimeToConvert"]
