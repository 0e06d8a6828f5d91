"""A Run: everything that decides an outcome, as one value. Two equal runs give equal numbers.

It round-trips through JSON and through its command line. Where results are written is no part of
it. Constants may be given in part; `complete` writes the defaults down, and so does what is saved:
a later change of a default does not change an old run. What counts an agent's steps until a rate or
an exploration is at its end is by default a share of `steps` (`shares_of_steps` of its class).

Seeds: copy b is seeded with base + b; no two runs share one, nor do training and evaluation:

    base of training    =  seed * 2^20
    base of evaluation  =  seed * 2^20 + 2^19
"""

import dataclasses
import json
import math
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_type_hints

from marec_env import Catalogue, objective

from . import names, plugins
from .constants import Constant, constants, expectation, write

SEEDS = 2**20  # numbers that belong to a run, one half each for training and evaluation
RANGES = {
    "seed": (0, 2**43),  # so that seed * 2^20 + b fits 63 bits
    "num_envs": (1, SEEDS // 2),
    "evaluation_episodes": (1, SEEDS // 2),
    "steps": (0, math.inf),
    "evaluate_every": (1, math.inf),
    "log_every": (1, math.inf),
    "checkpoint_every": (1, math.inf),
    "threads": (1, math.inf),
}
FOREIGN: dict[str, Any] = {  # what a run without a scenario of ours has instead of the defaults
    "scenario": None,
    "catalogue": None,
    "objective": "independent",
}


@dataclass(frozen=True, kw_only=True)
class Run:
    """One training run; the comments below are the help texts of the command line."""

    scenario: str | None = "ecommerce-v0"  # the game: a name of --list, or place:Class
    catalogue: str | None = "synthetic"  # users and items: synthetic, or a catalogue's folder
    objective: str = "cooperative"  # independent, cooperative, competitive, or angle:DEGREES
    env: str | None = None  # instead of a scenario: a PettingZoo module, or place:function
    agent: str = "ippo"  # who plays: a name of --list, or place:Class
    seed: int = 0  # decides every random number of the run
    num_envs: int = 64  # copies of the environment that are played at once
    steps: int = 200_000  # environment steps to train for, summed over the copies
    evaluate_every: int = 10_000  # environment steps between two evaluations
    evaluation_episodes: int = 32  # episodes of an evaluation, the same ones each time
    log_every: int = 2_000  # environment steps that are averaged into one written record
    checkpoint_every: int = 10_000  # environment steps between two checkpoints
    device: str = "cpu"  # where networks live: cpu, cuda, cuda:1 ...
    threads: int = 1  # of torch; another number may change the last bits
    env_constants: dict[str, Any] = field(default_factory=dict)
    scenario_constants: dict[str, Any] = field(default_factory=dict)
    catalogue_constants: dict[str, Any] = field(default_factory=dict)  # of the synthetic one
    agent_constants: dict[str, Any] = field(default_factory=dict)
    catalogue_digest: str | None = None  # of the content that was played, once it is known

    def __post_init__(self):
        for name, hint in get_type_hints(Run).items():
            value = getattr(self, name)
            if hint == dict[str, Any]:
                object.__setattr__(self, name, {k: _tuples(v) for k, v in dict(value).items()})
            elif isinstance(value, bool) or not isinstance(value, hint):
                raise ValueError(f"{name} must be {expectation(hint)}, got {value!r}")
        for name, (least, most) in RANGES.items():
            if not least <= getattr(self, name) <= most:
                raise ValueError(
                    f"{name} must be >= {least}"
                    + (f" and <= {most}" if most < math.inf else "")
                    + f", got {getattr(self, name)}"
                )
        if 0 < self.steps < self.num_envs:
            raise ValueError(
                f"steps must be 0 or at least num_envs = {self.num_envs}, got {self.steps}"
            )
        if (self.scenario is None) == (self.env is None):
            raise ValueError(
                "a run plays either a scenario of ours or a foreign env, "
                f"got scenario {self.scenario!r} and env {self.env!r}"
            )
        objective.check(self.objective)
        if self.env is not None and self.objective != "independent":
            raise ValueError(
                f"objective must be independent with env, got {self.objective!r}: "
                "a foreign environment pays its own rewards"
            )

    @property
    def training_seed(self) -> int:
        """Copy b of the training environments is seeded with this + b."""
        return self.seed * SEEDS

    @property
    def evaluation_seed(self) -> int:
        """Episode e of an evaluation is seeded with this + e."""
        return self.seed * SEEDS + SEEDS // 2

    @property
    def whole_steps(self) -> int:
        """Environment steps that are made: a step is one of all copies."""
        return self.steps // self.num_envs * self.num_envs

    @property
    def name(self) -> str:
        """A readable name for a folder; not unique."""
        data = None if self.catalogue == "synthetic" else self.catalogue
        parts = [self.scenario or self.env, data, self.objective, self.agent, f"seed{self.seed}"]
        return "-".join(re.sub(r".*[/\\]|[^\w.+-]", "", part) for part in parts if part)

    def groups(self) -> dict[str, dict[str, Constant]]:
        """The constants that may be set, of the scenario, the catalogue and the agent."""
        found = {}
        if self.scenario is not None:
            found["scenario"] = constants(names.find_scenario(self.scenario), {"catalogue"})
        if self.catalogue == "synthetic":
            found["catalogue"] = constants(Catalogue.synthetic, set())
        given = {"sizes", "scenario", "seed", "device"}
        found["agent"] = constants(names.find_agent(self.agent), given)
        return found

    def complete(self) -> "Run":
        """The same run with every constant written down.

        Raises:
            ValueError: if a name or a constant is unknown.
        """
        filled = {}
        for group, known in self.groups().items():
            given = getattr(self, f"{group}_constants")
            for name in given:
                if name not in known:
                    hint = plugins.suggestion(name, known)
                    raise ValueError(f"the {group} has no constant {name!r}; {hint}")
            filled[f"{group}_constants"] = self._defaults(group, known) | given
        return dataclasses.replace(self, **filled)

    def _defaults(self, group: str, known: Mapping[str, Constant]) -> dict[str, Any]:
        """Of the constants of a group; an agent's schedules are as long as the run."""
        found = {name: constant.default for name, constant in known.items()}
        if group == "agent":
            shares = names.shares_of_steps(names.find_agent(self.agent))
            found |= {n: round(share * self.steps) for n, share in shares.items() if n in known}
        return found

    def command(self) -> str:
        """The command that repeats this run, without what equals a default."""
        default = Run() if self.env is None else Run(env="", **FOREIGN)
        flags: dict[str, Any] = {}
        for entry in dataclasses.fields(self):
            value = getattr(self, entry.name)
            if entry.name == "env_constants":
                pairs = (f"{name}={write(setting)}" for name, setting in value.items())
                flags |= {"env_constants": ",".join(pairs)} if value else {}
            elif entry.name.endswith("_constants"):
                group = entry.name.removesuffix("_constants")
                usual = self._defaults(group, self.groups().get(group, {}))
                for name, setting in value.items():
                    if setting != usual[name]:
                        flags[f"{group}.{name}"] = setting
            elif entry.name != "catalogue_digest" and value != getattr(default, entry.name):
                flags[entry.name] = value
        words = ["python", "-m", "experiments.train"]
        for name, value in flags.items():
            flag, text = f"--{name.replace('_', '-')}", write(value)
            words += [f"{flag}={text}"] if text.startswith("-") else [flag, text]
        return shlex.join(words)

    def to_json(self) -> str:
        """Readable JSON; `from_json` is its inverse."""
        return json.dumps(dataclasses.asdict(self), indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "Run":
        """The run that `to_json` wrote; raises ValueError if it is none."""
        values = json.loads(text)
        if not isinstance(values, dict):
            raise ValueError(f"a run must be a JSON object, got {type(values).__name__}")
        names = [entry.name for entry in dataclasses.fields(cls)]
        for name in values:
            if name not in names:
                raise ValueError(f"a run has no {name!r}; {plugins.suggestion(name, names)}")
        return cls(**values)

    @classmethod
    def load(cls, path: str | Path) -> "Run":
        """The run of a `run.json`, or of the folder that holds one; raises ValueError."""
        path = Path(path)
        path = path / "run.json" if path.is_dir() else path
        try:
            return cls.from_json(path.read_text())
        except (ValueError, OSError, RecursionError) as error:
            reason = "there is no such file" if isinstance(error, FileNotFoundError) else error
            raise ValueError(f"{str(path)!r} is not a saved run: {reason}") from error


def folder_of(path: Path) -> Path:
    """The folder of a run, given itself or a file in it, such as RUN/run.json."""
    return path.parent if path.is_file() else path


def _tuples(value: Any) -> Any:
    """JSON knows lists only, constants are tuples, so that they compare and hash."""
    return tuple(map(_tuples, value)) if isinstance(value, list | tuple) else value
