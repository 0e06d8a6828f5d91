"""One-shot games: what the step of a scenario pays, for everybody who reasons about it."""

from .stage import Stage as Stage
from .stock import StockStage as StockStage
