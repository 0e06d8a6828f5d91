"""Ten thousand agents: what they learn, and what each of them costs. Writes docs/mean-field.md.

python -m experiments.mean_field

The game is ecommerce-v0 with nothing to be seen of what the others want: who goes where is known
from the mean field only (agents/large_population). Learners share their weights between all agents
and look no step ahead, as the stock comes back at every step.
"""

import math
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from marec_env.reference import PLAYERS

from . import loop, stopwatch
from .build import Built, build
from .command import BadInput, Parser, program
from .run import Run

PAGE = Path(__file__).parent.parent / "docs" / "mean-field.md"
GAME: dict[str, Any] = {
    "pool_size": 50,
    "sees": "own",
    "shows_items": False,
    "restock_every": 1,
}
FEW, MANY = 16, 10_000  # agents
EPISODES = 2  # of an evaluation
LEVELS = ("random", "greedy", "myopic")
LEARNERS: dict[str, dict[str, Any]] = {
    "iql": {"replay_ratio": 1.0, "warmup": 20_000},
    "mean_field_q": {"replay_ratio": 1.0, "warmup": 20_000},
    "mean_field_ac": {"rollout_steps": 1, "learning_rate": 3e-3, "learning_rate_end": 1e-3},
}
HEAD = """\
# Mean fields: ten thousand agents

    python -m experiments.mean_field

{machine}. `mean_field_q` and `mean_field_ac` ([learners](learners.md)) share one set of
weights between all agents, and see of the others only the share that picked each candidate at the
last step. The game is `ecommerce-v0` with {many:,} agents,
{game};
discount 0, one copy, so that an environment step is {many:,} agent-steps.

"""


def main(argv: Sequence[str]) -> int:
    """Trains and measures, then prints the page and writes it."""
    parser = Parser("mean_field", __doc__ or "")
    parser.add_argument("--steps", type=int, default=600, help="of a training (default: 600)")
    parser.add_argument("--rounds", type=int, default=5, help="of a measurement (default: 5)")
    parser.add_argument("--out", type=Path, default=PAGE, help="(default: docs/mean-field.md)")
    own = parser.parse(argv)
    for name in ("steps", "rounds"):
        if getattr(own, name) < 1:
            raise BadInput(f"--{name} must be >= 1, got {getattr(own, name)}")
    if not own.out.absolute().parent.is_dir():
        raise BadInput(f"--out must be in a folder that exists, got {str(own.out)!r}")
    game = ", ".join(f"`{name}={value}`" for name, value in GAME.items())
    text = HEAD.format(machine=stopwatch.machine(), many=MANY, game=game)
    text += learning(own.steps) + "\n" + costs(own.rounds)
    own.out.write_text(text)
    print(text)
    return 0


def made(agent: str, num_agents: int, steps: int = 0) -> Built:
    """A learner of the game; schedules end with `steps`, if there are any."""
    schedule = {"discount": 0.0, "learning_rate_steps": steps} if agent in LEARNERS else {}
    if "warmup" in LEARNERS.get(agent, {}):
        schedule["epsilon_steps"] = steps // 3
    return build(
        Run(
            scenario="ecommerce-v0",
            agent=agent,
            objective="independent",
            scenario_constants={"num_agents": num_agents, **GAME},
            catalogue_constants={"num_users": MANY},
            agent_constants=LEARNERS.get(agent, {}) | schedule,
        )
    )


def learning(steps: int) -> str:
    """The table of learning curves: welfare of sampled play at even distances."""
    every = max(1, steps // 6)
    curves: dict[str, list[float]] = {}
    for agent in LEARNERS:
        built = made(agent, MANY, steps)
        learner: Any = built.policy
        curves[agent] = [welfare(built, learner)]
        for record in loop.train(built.make_env(num_envs=1), learner, steps, seed=0):
            if record.step % every == 0:
                curves[agent].append(welfare(built, learner))
    built = made("random", MANY)
    levels = {
        name: welfare(built, PLAYERS[name](built.scenario) if name in PLAYERS else built.policy)
        for name in LEVELS
    }
    marks = [every * i for i in range(steps // every + 1)]
    lines = [
        f"Welfare, payoff per agent and step, of {EPISODES} episodes, sampled play, after so many "
        "environment steps:\n",
        "| learner | " + " | ".join(map(str, marks)) + " |",
        "|---|" + "---:|" * len(marks),
        *(f"| `{agent}` | {' | '.join(f'{w:.3f}' for w in curves[agent])} |" for agent in curves),
        "\nWho need not learn: " + ", ".join(f"`{n}` {w:.3f}" for n, w in levels.items()) + ".",
    ]
    return "\n".join(lines) + "\n"


def welfare(built: Built, policy: Any) -> float:
    """Of evaluation play, which draws where the policy does."""
    env = built.make_env(num_envs=EPISODES)
    seed = built.run.evaluation_seed
    played = loop.evaluate(env, policy, EPISODES, seed, explore=True)
    assert built.scenario is not None
    return float(played.returns.mean()) / built.scenario.horizon


def costs(rounds: int) -> str:
    """The table of costs: CPU time of acting and learning per agent-step."""
    lines = [
        "Microseconds of processor time per agent-step, acting and learning, the environment left "
        f"out; as\nmany copies of {FEW} agents as make {MANY:,}:\n",
        f"| learner | N = {FEW} | N = {MANY:,} | ratio |",
        "|---|---:|---:|---:|",
    ]
    for agent in LEARNERS:
        few, many = (stopwatch.alone(cost, agent, n, rounds) for n in (FEW, MANY))
        lines.append(f"| `{agent}` | {few * 1e6:.2f} | {many * 1e6:.2f} | {many / few:.2f} |")
    return "\n".join(lines) + "\n"


def cost(agent: str, num_agents: int, rounds: int) -> float:
    """Seconds of processor time per agent-step, the best of `rounds` of 20 steps."""
    built = made(agent, num_agents)
    num_envs = MANY // num_agents
    policy: Any = stopwatch.Timed(built.policy, "act", "learn", clock=time.process_time)
    best = math.inf
    records = loop.train(built.make_env(num_envs=num_envs), policy, num_envs * 20 * (rounds + 1), 0)
    for number, _ in enumerate(records, start=1):
        if number % 20 == 0:
            if number > 20:  # the first round warms up
                best = min(best, sum(policy.seconds.values()) / (20 * num_envs * num_agents))
            policy.seconds.clear()
    return best


if __name__ == "__main__":
    program(main, "mean_field")
