"""Says why one pick of a run's policy paid what it paid, in text and as a picture.

python -m experiments.explain runs/RUN --agent user_3 --step 17

The policy plays its best actions, in the first episode of the run's evaluations or in that of
another seed. docs/explaining.md tells how to read it.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from agents.contract import actor_of
from marec_env.explain import Explanation, explain_step
from marec_env.scenario import Scenario

from . import waterfall
from .acting import act, look
from .build import Built, build
from .command import BadInput, Parser, brought_along, program
from .run import Run


def main(argv: Sequence[str]) -> int:
    """Prints the explanation and draws it, by default into the run's folder."""
    parser = Parser("explain", __doc__ or "")
    parser.add_argument("run", metavar="RUN", type=Path, help="the folder of a run")
    parser.add_argument("--agent", required=True, help="whose payoff it is: user_0, user_1 ...")
    parser.add_argument("--step", type=int, required=True, help="of the episode, from 0")
    parser.add_argument("--seed", type=int, help="of the episode (default: the first evaluated)")
    parser.add_argument("--out", type=Path, metavar="FILE.png", help="of the picture")
    own = parser.parse(argv)
    try:
        built = build(Run.load(own.run), own.run)
    except ValueError as error:
        raise BadInput(str(error)) from error
    picture = own.out or own.run / f"explanation-{own.agent}-{own.step}.png"
    if picture.suffix.lower() != ".png" or not picture.parent.is_dir():
        raise BadInput(f"--out must be a .png in a folder that exists, got {str(picture)!r}")
    seed = built.run.evaluation_seed if own.seed is None else own.seed
    found = explained(built, own.agent, own.step, seed)
    print(found.text())
    Image.fromarray(waterfall.draw(found)).save(picture, optimize=True)
    print(f"\npicture in {picture}")
    return 0


def explained(built: Built, agent: str, step: int, seed: int) -> Explanation:
    """Why `agent` was paid what it was paid at `step` of the episode of `seed`.

    Raises:
        BadInput: if there is no such agent or step, or the game does not say.
    """
    scenario = built.scenario
    if scenario is None or type(scenario).factors is Scenario.factors:
        game = built.run.env or built.run.scenario
        raise BadInput(f"{game} does not say what its payoffs are made of")
    names = scenario.agent_names
    if agent not in names:
        raise BadInput(f"--agent must be one of {names[0]} ... {names[-1]}, got {agent!r}")
    if not 0 <= step < scenario.horizon:
        raise BadInput(f"--step must be in 0 ... {scenario.horizon - 1}, got {step}")
    if not 0 <= seed < 2**63:
        raise BadInput(f"--seed must be in [0, 2^63), got {seed}")
    n, env, player = names.index(agent), _env(built), actor_of(built.policy)
    with brought_along(built.run):
        now = env.reset(seed)
        for t in range(step + 1):
            if not now.alive[0, n] or (t > 0 and now.start[0]):
                raise BadInput(f"--step must be below {t} for {agent}, who then left, got {step}")
            now = env.step(act(player, look(now, player), explore=False))
    return explain_step(scenario, env.played, n)


def _env(built: Built) -> Any:
    """One environment of ours, which is known to remember its last step."""
    return built.make_env(num_envs=1)


if __name__ == "__main__":
    program(main, "explain")
