"""What an environment is worth: its optimum, its equilibria, and players that reach them.

`PLAYERS` names the reference players. The functions solve a `Stage`, the one-shot game of a step
(`scenario.stage(state, b)`), or the list of stages of an episode (`scenario.stages(...)`).
"""

from . import allocation as allocation
from . import friends_plan as friends_plan
from . import reading as reading
from .anarchy import Anarchy as Anarchy
from .anarchy import price_of_anarchy as price_of_anarchy
from .difference import difference_rewards as difference_rewards
from .equilibrium import Equilibrium as Equilibrium
from .equilibrium import equilibrium as equilibrium
from .exploitability import nash_conv as nash_conv
from .exploitability import replies_to as replies_to
from .optimum import clairvoyant as clairvoyant
from .optimum import step_optimum as step_optimum
from .planning import best_plan as best_plan
from .planning import plan_of as plan_of
from .players import PLAYERS as PLAYERS
from .players import players_of as players_of
from .score import Score as Score
from .score import efficiency as efficiency
from .score import normalised_score as normalised_score
from .score import regret as regret
from .solution import Solution as Solution
