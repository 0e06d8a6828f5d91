"""Players that save what is scarce for later without knowing what comes.

    msvv            the highest d_ui (1 - exp(x_i - 1)),  x_i the share of i's budget that is spent
    dual_pacing     the highest d_ui (1 - price_i), where budgets are scarce; where stock is, the
                    joint picks of highest sum of v_ui - price_i, and v_ui at a window's last step

`msvv` shades bids by what is spent, and with a single agent, budgets of at least 1/R bids and none
but full prices paid earns (1 - 1/c)(1 - R) of the optimum, c = (1 + R)^(1/R). `dual_pacing` is a
planner without foresight: prices are the multipliers of the linear programs that a clairvoyant
solves, learnt on other draws of the same world: the same users, pool and budgets, other slates.

Sources: Mehta, Saberi, Vazirani and Vazirani (2007), "AdWords and generalized online matching";
Devanur and Hayes (2009), "The adwords problem: online keyword matching with budgeted bidders".
"""

import functools
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from .. import nested
from ..arrays import Array
from ..stages import BudgetStage, Stage, StockStage
from ..streams import single
from .budget_program import relax, turns
from .player import Player, StagePlayer, best, truth
from .transportation import assign, plan

NUM_REHEARSALS = 8  # other draws that prices are learnt on
FIRST_SEED = 2**63  # of them: no environment can be given this seed, or a higher one


class Msvv(StagePlayer):
    """Own price, shaded by how much of its budget an ad has spent (Mehta et al.)."""

    def __init__(self, scenario: Any, seed: int = 0):
        super().__init__(scenario, seed)
        if not self.plays(scenario):
            raise ValueError(f"msvv needs budgets, {scenario.name} has none")

    @classmethod
    def plays(cls, scenario: Any) -> bool:
        """Games with budgets."""
        return isinstance(scenario.stage(scenario.reset(single(0)), 0), BudgetStage)

    def choose(self, stage: Stage) -> Array:
        """Highest shaded price."""
        assert isinstance(stage, BudgetStage)
        return best(stage.alone * -np.expm1(stage.spent - 1), stage.legal)


class Prices(NamedTuple):
    """For the rest of an episode of one copy."""

    episode: tuple[int, int]  # seed of the copy, and number of its episode
    first: int  # its first step
    prices: Array  # [T', M] float64


class DualPacing(Player):
    """Plans without foresight: by prices of what is scarce, learnt on other draws."""

    def __init__(self, scenario: Any, seed: int = 0):
        super().__init__(scenario, seed)
        if not self.plays(scenario):
            raise ValueError(
                "dual_pacing needs stock or budgets that last for several steps, "
                f"{scenario.name} has none"
            )
        self._learnt: dict[bytes, Array] = {}  # what an episode begins with -> prices [T, M]
        self._prices: dict[int, Prices] = {}  # of each copy

    @classmethod
    def plays(cls, scenario: Any) -> bool:
        """Games in which something scarce has to last for several steps."""
        if not scenario.has_exogenous_slates or scenario.horizon == 1:
            return False
        return is_shared(*scenario.stages(scenario.reset(single(0)), single(0), 0)[:2])

    def act(self, view: Any, *, explore: bool) -> Array:
        """What pays most after prices."""
        del explore
        scenario, state, streams = truth(view)
        choices = []
        for b, starts in enumerate(view.start):
            step, known = int(state.step[b]), self._prices.get(b)
            episode = int(streams.seed[b]), int(streams.episode[b])
            if starts or known is None or known.episode != episode or step < known.first:
                prices = self._prices_from(scenario, state, b)
                known = self._prices[b] = Prices(episode, step, prices)
            stage = replace(scenario.stage(state, b), legal=view.action_mask[b, :, :-1])
            choices.append(choice_after_prices(stage, known.prices[step - known.first]))
        return np.stack(choices)

    def _prices_from(self, scenario: Any, state: Any, b: int) -> Array:
        """Prices of the steps that copy `b` has left, learnt once for the same beginning."""
        if state.step[b] > 0:
            return learn_prices(scenario, state, b)
        alone = nested.flatten(nested.only(state, b), "")
        key = b"".join(leaf.tobytes() for name, leaf in alone if not name.startswith(".slate"))
        if key not in self._learnt:
            self._learnt[key] = learn_prices(scenario, state, b)
        return self._learnt[key]


def learn_prices(scenario: Any, state: Any, b: int) -> Array:
    """Prices [T', M] float64 of what is scarce for copy `b` at the T' steps it has left."""
    alone = nested.only(state, b)
    rehearsals = []
    for streams in (single(FIRST_SEED + n) for n in range(NUM_REHEARSALS)):
        slate = scenario.world.slate(alone.episode, streams.at(alone.step))
        rehearsals.append(scenario.stages(alone._replace(slate=slate), streams, 0))
    return prices_of(scenario.stage(alone, 0), rehearsals)


@functools.singledispatch
def prices_of(stage: Stage, rehearsals: Sequence[Sequence[Any]]) -> Array:
    """Prices [T', M] that suit several episodes of stages like `stage`."""
    del rehearsals
    raise TypeError(f"nothing says what is scarce in a {type(stage).__name__}")


@prices_of.register
def prices_of_budgets(stage: BudgetStage, rehearsals: Sequence[Sequence[BudgetStage]]) -> Array:
    """Multipliers of one program, in which all episodes share as many budgets of each ad."""
    these = turns([each for stages in rehearsals for each in stages])
    prices = relax(these._replace(left=stage.left * len(rehearsals))).prices
    return np.tile(prices, (len(rehearsals[0]), 1))


@prices_of.register
def prices_of_stock(stage: StockStage, rehearsals: Sequence[Sequence[StockStage]]) -> Array:
    """Mean multipliers of the windows; 0 at the last step of each, when nothing is worth saving."""
    del stage
    prices = np.mean([plan(stages)[2].mean(0) for stages in rehearsals], axis=0)
    stages = rehearsals[0]
    has_later = [*map(is_shared, stages, stages[1:]), False]
    return np.where(np.array(has_later)[:, None], prices, 0.0)


@functools.singledispatch
def choice_after_prices(stage: Stage, prices: Array) -> Array:
    """The joint choice [N] that pays most after `prices` [M]."""
    del prices
    raise TypeError(f"nothing says what is scarce in a {type(stage).__name__}")


@choice_after_prices.register
def choice_within_budgets(stage: BudgetStage, prices: Array) -> Array:
    """Everybody's own: a price is part of what is paid."""
    return best(stage.alone * (1 - prices[stage.slot]), stage.legal)


@choice_after_prices.register
def choice_of_stock(stage: StockStage, prices: Array) -> Array:
    """An assignment."""
    return assign(replace(stage, value=np.maximum(stage.value - prices[stage.slot], 0.0)))[0]


@functools.singledispatch
def is_shared(stage: Stage, later: Stage) -> bool:
    """Whether what `stage` uses up is missing at the `later` one."""
    del later
    return isinstance(stage, BudgetStage)


@is_shared.register
def is_stock_shared(stage: StockStage, later: StockStage) -> bool:
    """Until the next restock."""
    return stage.window == later.window
