"""Whether two folders hold the same run, to the bit: what a kill must not change."""

from pathlib import Path

from .board_points import points
from .run_folder import METRICS, RUN, SCORES
from .tags import CLOCK

DECIDED = (  # by the Run alone; where one folder has none of it, neither may the other
    RUN,
    METRICS,
    SCORES,
    *(f"{place}agent.{ending}" for place in ("", "best/") for ending in ("json", "safetensors")),
)


def differences(folder: Path, other: Path) -> list[str]:
    """What is not the same, a few words each; an empty list if nothing is.

    Points that the clock decides must be there at the same steps, with values of their own.
    """
    found = [f"{name} differs" for name in DECIDED if _read(folder / name) != _read(other / name)]
    ours, theirs = points(folder), points(other)
    for tag in sorted({*ours, *theirs}):
        shown, expected = ours.get(tag, []), theirs.get(tag, [])
        if tag.startswith(CLOCK):
            shown, expected = [s for s, _ in shown], [s for s, _ in expected]
        if shown != expected:
            found.append(f"{tag} has {len(shown)} other points than {len(expected)} in TensorBoard")
    return found


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None
