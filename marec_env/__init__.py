"""Multi-agent environments for recommendation: every user has an agent that picks items for it.

env = marec_env.make("ecommerce-v0")                     PettingZoo's parallel API
vec = marec_env.make_vec("ecommerce-v0", num_envs=64)    B copies at once, as arrays
env = marec_env.make_single("ecommerce-v0")              one agent's, Gymnasium's API
"""

from .catalogue import Catalogue as Catalogue
from .parallel_env import ScenarioParallelEnv as ScenarioParallelEnv
from .registry import make as make
from .registry import make_single as make_single
from .registry import make_vec as make_vec
from .registry import register as register
from .registry import scenario_names as scenario_names
from .scenario import Outcome as Outcome
from .scenario import Scenario as Scenario
from .single_agent_env import SingleAgentEnv as SingleAgentEnv
from .streams import Streams as Streams
from .timestep import Timestep as Timestep
from .timestep import Truth as Truth
from .vector_env import VectorEnv as VectorEnv

__version__ = "0.1.0"
