"""What privacy costs: welfare against epsilon; fills the table of docs/privacy.md.

python -m experiments.privacy

Each player is greedy: it takes the candidate of highest similarity by vectors that are fitted to
what may be seen of the ratings. The game, its slates and what a pick pays are those of the true
ratings, for all players alike, so that the scores say what the vectors are worth and not what they
say of themselves. Random play has the score 0, the best known plan 1.
"""

import shlex
import tempfile
from argparse import ArgumentTypeError
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from marec_env.arrays import Array
from marec_env.centring import centred
from marec_env.datasets import DataError, Interactions, cleaning, data_folder, load
from marec_env.datasets.privacy import Laplace, RandomisedResponse, perturbed
from marec_env.embeddings import Factorization, Vectors, build
from marec_env.embeddings.private_factors import PrivateFactorization
from marec_env.embeddings.text import Text
from marec_env.ratings import R_MIN
from marec_env.reference.player import Player, best, truth
from marec_env.similarity import Similarity

from . import marked_page
from .build import build as build_run
from .command import BadInput, Parser, program
from .headroom import mean_score
from .run import Run
from .scores import Examiner

PAGE = Path(__file__).parent.parent / "docs" / "privacy.md"
EPSILONS = (0.5, 1.0, 2.0, 4.0, 8.0)
BEGIN, END = "<!-- played -->", "<!-- /played -->"
HEAD = """\
    {command}

{data}. Each player takes the most similar
candidate by its own vectors; what a pick pays is decided by the true ratings. Scores are
normalised, 0 is random play and 1 the best known plan; intervals are over worlds and seeds of the
noise, by bootstrap.

- **Randomised response, Laplace** (marec_env/datasets/privacy.py): users perturb what they tell
  anybody. Protected is the value of one rating; a user with n ratings has n epsilon all told, and
  which items she rated stays visible. `factorization` is fitted to what is told.
- **private_factorization** (marec_env/embeddings/private_factors.py): who trains sees the ratings,
  nobody else does. Protected is one rating, its presence and its value, with (epsilon, delta) by
  the accountant of Opacus, delta 1e-6; a user's n ratings as a group have about n epsilon. The
  vectors of items are published; a user's vector is made of these and of her own ratings, by her
  own agent, and stays with it.
- **Titles alone**: the encoder `text`, without averages over ratings. Items are placed by what is
  written about them, a user by her own ratings and her own agent; nothing of a rating leaves it.
"""
Fit = Callable[[Interactions, int], Vectors]  # to the true ratings, with a seed of the noise


class Similar(Player):
    """Takes the most similar candidate by vectors of its own."""

    def __init__(self, scenario: Any, vectors: Vectors):
        super().__init__(scenario)
        sides = centred(vectors.users), centred(vectors.items)
        self._similarity = Similarity("cosine").table(*sides)

    def act(self, view: Any, *, explore: bool) -> Array:
        """Whatever the true similarities are."""
        del explore
        _, state, _ = truth(view)
        users = state.episode.users[..., None]
        return best(self._similarity[users, state.slate.items], view.action_mask[..., :-1])


def main(argv: Sequence[str]) -> int:
    """Plays all players in all worlds and writes the page."""
    parser = Parser("privacy", (__doc__ or "").strip())
    parser.add_argument("--dataset", default="ml-100k", help="a name or a path (%(default)s)")
    parser.add_argument(
        "--data", type=Path, default=data_folder(), help="where fetched data lie (%(default)s)"
    )
    parser.add_argument(
        "--core", type=int, default=50, help="ratings of every user and item, at least (50)"
    )
    parser.add_argument("--scenarios", default="basic-v0,ecommerce-v0", help="(%(default)s)")
    parser.add_argument(
        "--epsilons", type=_numbers, default=EPSILONS, help="(0.5,1,2,4,8)", metavar="E,E,.."
    )
    parser.add_argument("--worlds", type=int, default=5, help="and seeds of the noise (5)")
    parser.add_argument("--episodes", type=int, default=16, help="in each world (16)")
    parser.add_argument("--out", type=Path, default=PAGE, help="(docs/privacy.md)")
    options = parser.parse(argv)
    for name in ("core", "worlds", "episodes"):
        if getattr(options, name) < 1:
            raise BadInput(f"--{name} must be >= 1, got {getattr(options, name)}")
    _check_place(options.out)
    try:
        data = load(options.dataset, options.data)
        data = cleaning.k_core(data, options.core, options.core)
        found = _scores(data, options)
    except (DataError, ValueError) as error:
        raise BadInput(str(error)) from error
    command = shlex.join(["python", "-m", "experiments.privacy", *argv])
    block = "\n".join((_head(data, command), *_rows(found, options.scenarios.split(","))))
    if not options.out.exists():
        options.out.write_text(f"# What privacy costs\n\n{BEGIN}\n{END}\n", encoding="utf-8")
    marked_page.fill(options.out, BEGIN, END, block)
    print(block)
    return 0


def ways(epsilons: Sequence[float]) -> Iterator[tuple[str, str, Fit]]:
    """What may be seen, epsilon, and how vectors are fitted to it."""
    yield "the true ratings", "none", lambda data, _: Factorization().fit(data)
    yield "titles alone", "0", lambda data, _: by_titles(data)
    for mechanism, name in ((RandomisedResponse, "randomised response"), (Laplace, "Laplace")):
        for epsilon in epsilons:

            def local(data: Interactions, seed: int, m: Any = mechanism, e: float = epsilon):
                return Factorization().fit(perturbed(data, m(e), seed))

            yield name, f"{epsilon:g}", local
    for epsilon in epsilons:
        encoder = PrivateFactorization(epsilon=epsilon)
        yield (
            "private_factorization",
            f"{epsilon:g}",
            lambda data, seed, made=encoder: replace(made, seed=seed).fit(data),
        )


def by_titles(data: Interactions) -> Vectors:
    """Of `text`, as if nobody knew what others rated; a user's mean stands for all averages."""
    encoder = Text()
    vectors = encoder.fit(data)
    unknown = {name: np.zeros_like(value) for name, value in vectors.weights.items()}
    unknown["mean"] += (R_MIN + 1) / 2
    vectors = vectors._replace(weights=unknown)
    return vectors._replace(users=encoder.encode_users(vectors, data))


def _check_place(page: Path) -> None:
    """A page is new, or is filled between its marks; what is neither is refused before the work."""
    if not page.parent.is_dir():
        raise BadInput(f"--out {page} must be a file in a folder that is there")
    if page.exists():
        try:
            marked_page.around(page, BEGIN, END)
        except ValueError as error:
            raise BadInput(f"--out: {error}") from error


def _scores(data: Interactions, options: Any) -> dict[tuple[str, str, str], list[float]]:
    """(scenario, what is seen, epsilon) -> normalised score in every world."""
    catalogue = build(data, Factorization()).catalogue
    found: dict[tuple[str, str, str], list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        place = catalogue.save(Path(folder) / "catalogue")
        for world in range(options.worlds):
            examiners = {
                name: Examiner(_built(name, place, world, options.episodes), options.episodes)
                for name in options.scenarios.split(",")
            }
            for seen, epsilon, fit in ways(options.epsilons):
                vectors = fit(data, world)
                for name, examiner in examiners.items():
                    played = examiner.play(Similar(examiner.built.scenario, vectors))
                    score = examiner.score(examiner.welfare(played)).value
                    found.setdefault((name, seen, epsilon), []).append(score)
            print(f"world {world + 1} of {options.worlds}", flush=True)
    return found


def _built(name: str, catalogue: Path, world: int, episodes: int) -> Any:
    return build_run(
        Run(
            scenario=name,
            catalogue=str(catalogue),
            agent="random",
            seed=world,
            num_envs=episodes,
            scenario_constants={"world_seed": world},
        )
    )


def _rows(found: dict[tuple[str, str, str], list[float]], scenarios: list[str]) -> Iterator[str]:
    titles = " | ".join(f"`{name}` | 95 % interval" for name in scenarios)
    yield f"| what is seen | epsilon | {titles} |"
    yield "|---|---:|" + "---:|---|" * len(scenarios)
    for seen, epsilon in dict.fromkeys(key[1:] for key in found):
        cells = " | ".join(mean_score(found[name, seen, epsilon]) for name in scenarios)
        yield f"| {seen} | {epsilon} | {cells} |"


def _head(data: Interactions, command: str) -> str:
    size = f"{len(data):,} ratings of {data.num_users:,} users for {data.num_items:,} items"
    return HEAD.format(command=command, data=f"{size} of {data.name}")


def _numbers(text: str) -> tuple[float, ...]:
    try:
        found = tuple(map(float, text.split(",")))
    except ValueError:
        raise ArgumentTypeError(f"expected numbers such as 0.5,1,2, got {text!r}") from None
    if not all(0 < epsilon < np.inf for epsilon in found):
        raise ArgumentTypeError(f"every epsilon must be positive and finite, got {text!r}")
    return found


if __name__ == "__main__":
    program(main, "privacy")
