"""One-shot games: what the step of a scenario pays, for everybody who reasons about it."""

from .attention import AttentionStage as AttentionStage
from .budget import BudgetStage as BudgetStage
from .friends import FriendsStage as FriendsStage
from .stage import Stage as Stage
from .stock import StockStage as StockStage
