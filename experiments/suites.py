"""Suites: sets of Runs that belong together, as data.

A suite is a product, every combination is one run and gets a folder of its own:

    runs = scenarios x catalogues x players x seeds x variants

An axis that is left out has the one value of `base`. What only some agents have is said in
`agent_constants`. A variant is a name for what it changes: fields of a Run by their names,
constants as on the command line, so that

    SUITE = Suite(
        about="does a wider network help?",
        players=(("ippo", "cooperative"), ("iql", "independent")),
        seeds=range(3),
        variants={"narrow": {"agent.hidden_size": 16}, "wide": {"agent.hidden_size": 128}},
    )

in `my_suite.py` is 12 runs, and `python -m experiments.sweep my_suite.py:SUITE` trains them.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from . import plugins
from .headroom import world
from .run import Run


@dataclass(frozen=True, kw_only=True)
class Suite:
    """A product of runs; empty axes have the value of `base`."""

    about: str  # what it is there for, in a line
    base: Run = field(default_factory=Run)  # what the runs share
    scenarios: Sequence[str] = ()
    catalogues: Sequence[str] = ()
    players: Sequence[tuple[str, str]] = ()  # agent and objective
    agent_constants: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # by agent
    seeds: Sequence[int] = ()
    seeds_are_worlds: bool = False  # seed w also draws world w: other users, items and numbers
    variants: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # name -> changes

    def runs(self) -> dict[str, Run]:
        """Name of the folder -> run, every constant written down.

        Raises:
            ValueError: if a run is not valid, or if two would have the same folder.
        """
        found: dict[str, Run] = {}
        for variant, run in self._product():
            name = f"{run.name}-{variant}" if variant else run.name
            if name in found:
                raise ValueError(
                    f"the runs of a suite must have names of their own, got {name} twice"
                )
            found[name] = run.complete()
        return found

    def _product(self) -> Iterator[tuple[str, Run]]:
        """Name of the variant and run, for each combination."""
        base = self.base
        for scenario, catalogue, (agent, objective), seed, (variant, changes) in itertools.product(
            self.scenarios or (base.scenario,),
            self.catalogues or (base.catalogue,),
            self.players or ((base.agent, base.objective),),
            self.seeds or (base.seed,),
            (self.variants or {"": {}}).items(),
        ):
            axes = {"scenario": scenario, "catalogue": catalogue, "agent": agent}
            constants = {**base.agent_constants, **self.agent_constants.get(agent, {})}
            run = replace(base, **axes, agent_constants=constants, objective=objective, seed=seed)
            yield variant, changed(world(run, seed) if self.seeds_are_worlds else run, changes)


def changed(run: Run, changes: Mapping[str, Any]) -> Run:
    """`run` with other values of `num_envs`, `agent.hidden_size` ...

    Raises:
        ValueError: if a run has no such field.
    """
    for name, value in changes.items():
        group, dot, constant = name.partition(".")
        place = f"{group}_constants" if dot else name
        fields = vars(run)
        if place not in fields:
            raise ValueError(f"a variant changes {name!r}; {plugins.suggestion(place, fields)}")
        run = replace(run, **{place: {**fields[place], constant: value} if dot else value})
    return run


def find(name: str) -> Suite:
    """The suite of that name, or at that place; raises ValueError."""
    if ":" not in name:
        if name not in SUITES:
            raise ValueError(f"there is no suite {name!r}; {plugins.suggestion(name, SUITES)}")
        return SUITES[name]
    found = plugins.load(name, "SUITE")
    if not isinstance(found, Suite):
        raise ValueError(f"{name} must be a Suite, got {type(found).__name__}")
    return found


def listing() -> str:
    """Name, number of runs and purpose of each suite, a line each."""
    return "\n".join(
        f"{name:<10}{len(suite.runs()):>4} runs   {suite.about}" for name, suite in SUITES.items()
    )


TINY = Run(
    num_envs=8,
    steps=4096,
    evaluate_every=1024,
    evaluation_episodes=4,
    log_every=256,
    checkpoint_every=512,
    scenario_constants={"num_agents": 4, "horizon": 8, "pool_size": 12, "slate_size": 4},
)

INDEPENDENT = ("linucb", "thompson", "exp3", "supervised", "iql", "ia2c", "ippo", "reinforce")
CROWDS = ("mean_field_q", "mean_field_ac")
COOPERATIVE = ("iql", "ippo", "vdn", "qmix", "maa2c", "mappo", "coma", "maddpg")

SUITES = {
    "smoke": Suite(
        about="does everything run? two minutes on two cores",
        base=TINY,
        scenarios=("basic-v0", "ecommerce-v0"),
        players=(("ippo", "cooperative"), ("iql", "independent")),
        seeds=range(3),
        variants={"plain": {}, "narrow": {"agent.hidden_size": 16}},
    ),
    "quick": Suite(
        about="all learners in all games, invented and MovieLens; some four hours on two cores",
        base=Run(
            num_envs=32,
            steps=25_600,
            evaluate_every=12_800,
            evaluation_episodes=2,
            checkpoint_every=12_800,
        ),
        scenarios=("basic-v0", "ecommerce-v0", "ads-v0", "news-v0", "social-v0"),
        catalogues=("synthetic", "catalogues/ml-100k"),
        players=[
            *((agent, "independent") for agent in (*INDEPENDENT, *CROWDS)),
            *((agent, "cooperative") for agent in COOPERATIVE),
        ],
        seeds=range(5),
        seeds_are_worlds=True,
    ),
    "learning": Suite(
        about="what learners reach, over ten worlds; the study of docs/learning.md",
        players=(
            ("ippo", "cooperative"),
            ("ippo", "independent"),
            ("iql", "independent"),
            ("iql", "cooperative"),
        ),
        seeds=range(10),
        seeds_are_worlds=True,
    ),
}
