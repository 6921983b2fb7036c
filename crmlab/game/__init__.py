"""The twelve-quarter game: act, measure and learn in a market whose answers nobody was told.

- `market`: the rules, the hidden parameters with their ranges, and the luck that a seed draws;
- `quarter`: what money does within one quarter;
- `trials`: the experiments that money for learning buys;
- `course`: the game quarter by quarter, for one seed or for many at once (`play_many`);
- `beliefs`: what ledgers and experiments leave possible;
- `planner`, `policies`: ways to split the budget;
- `comparison`: paths under the same luck, and where money was lost;
- `game`, `board`: the face, and the board to play on.
"""

from crmlab.game.board import play
from crmlab.game.comparison import Comparison
from crmlab.game.course import Course, Seen, play_many
from crmlab.game.game import Game
from crmlab.game.policies import POLICIES
from crmlab.game.trials import Trial

__all__ = ["POLICIES", "Comparison", "Course", "Game", "Seen", "Trial", "play", "play_many"]
