"""Policies and learners: they see arrays and sizes, never an environment."""

from .contract import Layout as Layout
from .contract import Learner as Learner
from .contract import Policy as Policy
from .contract import Sizes as Sizes
from .contract import Transition as Transition
from .contract import View as View
from .population import Population as Population
from .saving import load as load
from .saving import restore as restore
from .saving import save as save
from .table import AGENTS as AGENTS
