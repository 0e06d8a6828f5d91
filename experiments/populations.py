"""Who plays whose seats: `user_0:runs/a,user_[1-5]:greedy,*:runs/b`.

A seat goes to the first pattern that matches its name; behind the colon stands the folder of a run
or a player that need not learn. All play the same game, that of the first run named or of the
command line; a run of another game is refused, as its weights would mean nothing there.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from agents import Population, Sizes
from agents.fixed import Fixed

from . import labels
from .build import Built, build
from .command import BadInput
from .run import Run, folder_of
from .run_folder import RUN

GAME = ("scenario", "env", "env_constants", "scenario_constants", "catalogue_digest")


def parse(text: str) -> dict[str, str]:
    """Pattern -> who plays the seats that match it.

    Raises:
        BadInput: if the text has another form.
    """
    found: dict[str, str] = {}
    for part in text.split(","):
        pattern, colon, player = (piece.strip() for piece in part.partition(":"))
        if not (pattern and colon and player):
            raise BadInput(f"a population is PATTERN:PLAYER,PATTERN:PLAYER, got {text!r}")
        if pattern in found:
            raise BadInput(f"a population names each pattern once, got {pattern!r} twice")
        found[pattern] = player
    return found


def first_run(players: Iterable[str]) -> Path | None:
    """The folder of the first of the players that is a run."""
    return next((found for found in map(run_of, players) if found), None)


def run_of(player: str) -> Path | None:
    """The folder of a run, if the player is one."""
    folder = folder_of(Path(player))
    return folder if (folder / RUN).is_file() else None


def names_of(players: Sequence[str]) -> dict[str, str]:
    """What each player is called in tables and pictures: no two alike, the shortest that says it.

    A run is known by its algorithm, by this and its seed, or by its folder.
    """
    runs = {player: Run.load(folder) for player in players if (folder := run_of(player))}
    algorithms = labels.labels(map(labels.algorithm, runs.values()))
    found = {player: player for player in players}
    found |= {player: algorithms[labels.algorithm(run)] for player, run in runs.items()}
    found |= {p: f"{found[p]} seed={runs[p].seed}" for p in _namesakes(found) if p in runs}
    return found | {p: p for p in _namesakes(found)}


def _namesakes(names: dict[str, str]) -> list[str]:
    """Who shares a name with somebody else."""
    counts = Counter(names.values())
    return [player for player, name in names.items() if counts[name] > 1]


def policy_of(player: str, game: Built) -> Any:
    """Who is called `player`, ready to play all seats of the game.

    Raises:
        BadInput: if it is no run and no player that need not learn, or of another game.
    """
    folder = run_of(player)
    if folder is None and ("/" in player or Path(player).exists()) and ":" not in player:
        raise BadInput(f"{player!r} must be the folder of a run, there is no {RUN} in it")
    try:
        run = Run.load(folder) if folder else replace(game.run, agent=player, agent_constants={})
        built = build(run, folder)
    except ValueError as error:
        raise BadInput(f"{player}: {error}") from error
    check_same_game(player, built.run, game.run)
    if folder is None and hasattr(built.policy, "learn"):
        raise BadInput(f"{player} learns: name the folder of a run that has trained it")
    return built.policy


def check_same_game(player: str, run: Run, game: Run) -> None:
    """Raises BadInput if `run`, which is complete, plays another game than `game`."""
    for name in GAME:
        theirs, ours = getattr(run, name), getattr(game, name)
        if theirs != ours:
            raise BadInput(
                f"all must play the same game, {name} of {player} is {_difference(theirs, ours)}"
            )


def mixed(players: dict[str, Any], game: Built) -> Population:
    """The population of policies by pattern.

    Raises:
        BadInput: if the patterns do not deal out all seats.
    """
    parts = {pattern: partial(fixed, policy) for pattern, policy in players.items()}
    try:
        return Population(parts, game.sizes)
    except ValueError as error:
        raise BadInput(f"the population does not fit: {error}") from error


def fixed(policy: Any, sizes: Sizes, seed: int, explore: bool | None = None) -> Fixed:
    """A part of a population that was built for all seats, whichever it now plays."""
    del sizes, seed
    return Fixed(policy, explore=explore)


def _difference(theirs: Any, ours: Any) -> str:
    """What two values of a field do not share, `theirs, not ours`."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        names = [name for name in {**theirs, **ours} if theirs.get(name) != ours.get(name)]
        theirs, ours = ({n: of.get(n) for n in names} for of in (theirs, ours))
    return f"{theirs}, not {ours}"
