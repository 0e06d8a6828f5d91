"""Results, sorted into what can be compared: the algorithms on a task, and on all tasks together.

What stands for a run is what it reached in the end. A task is compared by score, by welfare where
nothing has a score; only scores are comparable between tasks. Nothing is chosen by its own result,
but `way="better"`, which the notes then say. Whatever is left out or split is said there too.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from marec_env.arrays import Array

from . import labels
from .labels import Key
from .results import Result
from .scores import WAYS

ALL = "all tasks"
UNITS = {"score": "normalised score", "welfare": "payoff per agent and step"}
FOREIGN_UNIT = "return per agent"  # what welfare is in a foreign environment
BETTER = "better"

Runs = dict[Key, list[Result]]  # of each algorithm


class Progress(NamedTuple):
    """How an algorithm came to its scores."""

    steps: Array  # of the evaluations, [E]
    values: Array  # [R, M, E]


class Player(NamedTuple):
    """A reference player, mean over the worlds."""

    value: float
    kind: str


class Group(NamedTuple):
    """Who is compared with each other, on M tasks."""

    name: str
    unit: str
    scores: dict[str, Array]  # algorithm -> [R, M], a row a run
    progress: dict[str, Progress]
    players: dict[str, Player]


class Comparison(NamedTuple):
    """Everything that can be said."""

    groups: list[Group]  # a task each, and then all of them if there are several
    notes: list[str]  # what a reader has to know, a sentence each


def compare(results: Iterable[Result], metric: str = "score", way: str = "sampled") -> Comparison:
    """Sorts results.

    Args:
        results: finished runs, at least one.
        metric: "score" or "welfare".
        way: "sampled" or "argmax", how the policies play; or "better", the one with the higher mean
            over the runs of an algorithm on a task.
    """
    notes: list[str] = []
    tasks = _by_task(_once(results, notes), notes)
    called_tasks = labels.labels(tasks)
    called = labels.labels(algorithm for runs in tasks.values() for algorithm in runs)
    groups = [
        _group(called_tasks[task], {called[a]: r for a, r in runs.items()}, metric, way, notes)
        for task, runs in sorted(tasks.items(), key=lambda item: called_tasks[item[0]])
    ]
    scored = [group for group in groups if group.unit == UNITS["score"]]
    if len(scored) > 1:
        groups += _together(scored, notes)
    return Comparison(groups, notes)


def _once(results: Iterable[Result], notes: list[str]) -> list[Result]:
    """The results without those of a run that is there already."""
    kept = {}
    repeated = []
    for result in results:
        first = kept.setdefault(labels.identity(result.run), result)
        if first is not result:
            repeated.append(str(result.folder))
    if repeated:
        notes.append(f"the same runs again, counted once: {', '.join(repeated)}")
    return list(kept.values())


def _by_task(results: list[Result], notes: list[str]) -> dict[Key, Runs]:
    """The runs of each algorithm on each task, by seed.

    Where an algorithm has several runs in one of several worlds, these runs are more alike than
    those in different worlds, so that each world is a task. Where its efforts differ, each is an
    algorithm.
    """
    tasks: dict[Key, Runs] = defaultdict(lambda: defaultdict(list))
    for result in sorted(results, key=lambda result: (result.run.seed, result.folder)):
        tasks[labels.task(result.run)][labels.algorithm(result.run)].append(result)
    uneven = {
        algorithm
        for runs in tasks.values()
        for algorithm, found in runs.items()
        if len({labels.effort(result.run) for result in found}) > 1
    }
    sorted_again: dict[Key, Runs] = defaultdict(lambda: defaultdict(list))
    for task, runs in tasks.items():
        is_split = any(_repeats_a_world(found) for found in runs.values())
        if is_split:
            notes.append(f"{task.name}: several runs in one world, so that each world is a task")
        for algorithm, found in runs.items():
            for result in found:
                at, by = task, algorithm
                if is_split:
                    at = Key(task.name, task.settings + labels.world(result.run))
                if algorithm in uneven:
                    by = Key(algorithm.name, algorithm.settings + labels.effort(result.run))
                sorted_again[at][by].append(result)
    return sorted_again


def _repeats_a_world(runs: list[Result]) -> bool:
    return 1 < len({labels.world(result.run) for result in runs}) < len(runs)


def _group(
    name: str, runs: dict[str, list[Result]], metric: str, way: str, notes: list[str]
) -> Group:
    """The algorithms on one task."""
    found = [result for some in runs.values() for result in some]
    is_ours = found[0].run.scenario is not None
    if metric == "score":
        without = [r for r in found if r.final[next(iter(WAYS))].values["score"] is None]
        if len(without) == len(found):
            metric = "welfare"
            notes.append(f"{name}: nothing has a score there; {_unit(metric, is_ours)} instead")
        elif without:
            folders = ", ".join(str(result.folder) for result in without)
            notes.append(f"{name}: left out, for want of a score: {folders}")
            runs = {a: [r for r in some if r not in without] for a, some in runs.items()}
    scores, progress = {}, {}
    for algorithm, some in sorted(runs.items()):
        if not some:
            continue
        taken = _better(some, metric) if way == BETTER else way
        if way == BETTER:
            notes.append(f"{name}: {taken} is the better way for {algorithm} in these same results")
        scores[algorithm] = _final(some, taken, metric)
        curve = _progress(some, f"{taken}/{metric}")
        if curve is None:
            notes.append(
                f"{name}: {algorithm} has no curve, for its runs share too few evaluations"
            )
        else:
            progress[algorithm] = curve
    return Group(name, _unit(metric, is_ours), scores, progress, _players(found, metric))


def _unit(metric: str, is_ours: bool) -> str:
    return UNITS[metric] if is_ours else FOREIGN_UNIT


def _final(runs: list[Result], way: str, metric: str) -> Array:
    """What each run reached, [R, 1]."""
    return np.array([[run.final[way].values[metric]] for run in runs], np.float64)


def _better(runs: list[Result], metric: str) -> str:
    """The way of playing that reached more, on average over the runs."""
    return max(WAYS, key=lambda way: float(_final(runs, way, metric).mean()))


def _progress(runs: list[Result], curve: str) -> Progress | None:
    """The curves at the evaluations that all runs share; None if these are fewer than two."""
    shared = set.intersection(
        *(set(run.steps[np.isfinite(run.curves[curve])].tolist()) for run in runs)
    )
    if len(shared) < 2:
        return None
    steps = np.array(sorted(shared))
    values = [run.curves[curve][np.searchsorted(run.steps, steps)] for run in runs]
    return Progress(steps, np.stack(values)[:, None])


def _players(runs: list[Result], metric: str) -> dict[str, Player]:
    """Each reference player, mean over the draws: runs that share one have met the same player."""
    found: dict[str, dict[object, float]] = defaultdict(dict)
    kinds: dict[str, str] = {}
    for run in runs:
        for name, player in run.players.items():
            value = player.values[metric]
            if value is not None:
                found[name][labels.world(run.run), run.run.seed] = value
                kinds[name] = player.kind
    return {
        name: Player(float(np.mean(list(v.values()))), kinds[name]) for name, v in found.items()
    }


def _together(groups: list[Group], notes: list[str]) -> list[Group]:
    """All tasks as one group, of the algorithms that played each of them.

    Of each task there are as many runs as of the task with the fewest: those with the lowest seeds,
    so that no result decides which.
    """
    scores, progress = {}, {}
    for algorithm in sorted({name for group in groups for name in group.scores}):
        columns = [group.scores.get(algorithm) for group in groups]
        if any(column is None for column in columns):
            notes.append(f"{ALL}: {algorithm} is left out, for it has no run on some of them")
            continue
        present = [column for column in columns if column is not None]
        least, most = (pick(len(column) for column in present) for pick in (min, max))
        if least < most:
            notes.append(
                f"{ALL}: {least} runs of {algorithm} a task, by seed; there are {least} to {most}"
            )
        scores[algorithm] = np.concatenate([column[:least] for column in present], axis=1)
        curves = [group.progress.get(algorithm) for group in groups]
        known = [curve for curve in curves if curve is not None]
        if len(known) == len(groups) and all(
            np.array_equal(curve.steps, known[0].steps) for curve in known
        ):
            values = np.concatenate([curve.values[:least] for curve in known], axis=1)
            progress[algorithm] = Progress(known[0].steps, values)
    if not scores:
        return []
    names = set.intersection(*(set(group.players) for group in groups))
    players = {
        name: Player(
            float(np.mean([group.players[name].value for group in groups])),
            max((group.players[name].kind for group in groups), key=lambda kind: kind != "exact"),
        )
        for name in names
    }
    return [Group(ALL, groups[0].unit, scores, progress, players)]
