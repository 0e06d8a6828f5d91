"""Says why one pick of a run's policy paid what it paid, in text and as a picture.

python -m experiments.explain runs/RUN --agent user_3 --step 17

The payoff is taken apart, and so is the preference of a policy that is a network. The policy plays
its best actions, in the first episode of the run's evaluations or in that of another seed.
docs/explaining.md tells how to read it.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from agents.contract import actor_of
from marec_env.arrays import Array
from marec_env.explain import Explanation, explain_step
from marec_env.scenario import Scenario
from marec_env.timestep import Played

from . import reasons, waterfall
from .acting import act, look
from .build import Built, build, is_solved
from .command import BadInput, Parser, brought_along, program
from .run import Run, folder_of


def main(argv: Sequence[str]) -> int:
    """Prints the explanation and draws it, by default into the run's folder."""
    parser = Parser("explain", __doc__ or "")
    parser.add_argument("run", metavar="RUN", type=Path, help="the folder of a run")
    parser.add_argument("--agent", required=True, help="whose payoff it is: user_0, user_1 ...")
    parser.add_argument("--step", type=int, required=True, help="of the episode, from 0")
    parser.add_argument("--seed", type=int, help="of the episode (default: the first evaluated)")
    parser.add_argument("--out", type=Path, metavar="FILE.png", help="of the picture")
    own = parser.parse(argv)
    folder = folder_of(own.run)
    try:
        built = build(Run.load(folder), folder)
    except ValueError as error:
        raise BadInput(str(error)) from error
    seed = built.run.evaluation_seed if own.seed is None else own.seed
    _asked(built, own.agent, own.step, seed)  # before anything is named after it
    picture = own.out or folder / f"explanation-{own.agent}-{own.step}.png"
    if picture.suffix.lower() != ".png" or not picture.parent.is_dir():
        raise BadInput(f"--out must be a .png in a folder that exists, got {str(picture)!r}")
    found = explained(built, own.agent, own.step, seed)
    print(found.text())
    why = reasons.reason(built, built.sizes.agent_names.index(own.agent), own.step, seed)
    if why is not None and (text := why.text()):
        print(f"\n{text}")
    Image.fromarray(waterfall.draw(found)).save(picture, optimize=True)
    print(f"\npicture in {picture}")
    return 0


def explained(built: Built, agent: str, step: int, seed: int) -> Explanation:
    """Why `agent` was paid what it was paid at `step` of the episode of `seed`.

    Raises:
        BadInput: if there is no such agent or step, or the game is a foreign one.
    """
    scenario = _asked(built, agent, step, seed)
    n, t = scenario.agent_names.index(agent), 0
    with brought_along(built.run):
        for t, (alive, played) in enumerate(_episode(built, seed)):
            if t == step and alive[n]:
                return explain_step(scenario, played, n)
            if not alive[n]:
                raise BadInput(
                    f"--step must be below {t}, when {agent} was no longer there, got {step}"
                )
    raise BadInput(f"--step must be below {t + 1}, when the episode was over, got {step}")


def example(built: Built) -> Explanation | None:
    """The pick of greatest regret in the first evaluated episode; None of a foreign game."""
    scenario = built.scenario
    if scenario is None or not is_solved(scenario):
        return None
    found: list[tuple[float, int, Played]] = []
    for _, played in _episode(built, built.run.evaluation_seed):
        gains = scenario.stage(played.state, 0).gains(played.actions[0])
        found.append((float(gains.max()), int(gains.argmax()), played))
    _, n, played = max(found, key=lambda pick: pick[0])
    return explain_step(scenario, played, n)


def _asked(built: Built, agent: str, step: int, seed: int) -> Scenario:
    """The game, in which there is all that is asked for; else a BadInput."""
    scenario = built.scenario
    if scenario is None:
        raise BadInput(f"{built.run.env} does not say what its payoffs are made of")
    names = scenario.agent_names
    if agent not in names:
        raise BadInput(f"--agent must be one of {names[0]} ... {names[-1]}, got {agent!r}")
    if not 0 <= step < scenario.horizon:
        raise BadInput(f"--step must be in 0 ... {scenario.horizon - 1}, got {step}")
    if not 0 <= seed < 2**63:
        raise BadInput(f"--seed must be in [0, 2^63), got {seed}")
    return scenario


def _episode(built: Built, seed: int) -> Iterator[tuple[Array, Played]]:
    """Who is there [N], and what is played, at each step of an episode with best actions."""
    env: Any = built.make_env(num_envs=1)  # of ours, which remember their last step
    player, now = actor_of(built.policy), env.reset(seed)
    while True:
        alive = now.alive[0]
        now = env.step(act(player, look(now, player), explore=False))
        yield alive, env.played
        if now.start[0]:
            return


if __name__ == "__main__":
    program(main, "explain")
