"""Saved policies: weights as safetensors, everything else as JSON, never pickle.

    agent.json           class, constants, seed, sizes, and the state with its arrays named
    agent.safetensors    those arrays, under dotted keys

A learner that has `weights()` is saved by what decides how it plays; any other by its whole
`state_dict()`. Both files are written beside their place and then moved there; the JSON, moved
last, holds the digest of the weights, so that halves of two saves are never taken for one policy.
Arrays come back as NumPy, which the classes here take as well as tensors.
"""

import hashlib
import inspect
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import numpy as safetensors

from .contract import Sizes
from .naming import find_class, name_of
from .serialisation import insert_arrays, sizes_from_json, sizes_to_json, take_arrays

FORMAT = 1
DESCRIPTION, WEIGHTS = "agent.json", "agent.safetensors"


def save(policy: Any, folder: str | Path, *, reference: str | None = None) -> Path:
    """Writes `policy` into `folder`, over what was saved there before.

    Args:
        policy: built as `cls(sizes, seed=seed, **constants)`; keeps each of these as an attribute.
        folder: made if it does not exist.
        reference: where `load` finds the class, `file.py:Class` or `package.module:Class`; needed
            only for a class of a file that is not importable by name.

    Returns:
        The folder.

    Raises:
        ValueError: if the policy cannot be built again from what is known of it.
    """
    folder, policy_class = Path(folder), type(policy)
    arrays: dict[str, np.ndarray] = {}
    description = {
        "format": FORMAT,
        "class": reference or name_of(policy_class),
        "constants": _constants(policy),
        "sizes": sizes_to_json(policy.sizes),
        "state": take_arrays(_state(policy), arrays),
    }
    weights = safetensors.save(arrays)
    description["weights_sha256"] = hashlib.sha256(weights).hexdigest()
    try:
        text = json.dumps(description, indent=1)
    except TypeError as error:
        raise ValueError(
            f"constants and state of {policy_class.__name__} must be arrays, numbers, strings, "
            f"lists and dicts of them: {error}"
        ) from None
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / WEIGHTS, weights)
    write_whole(folder / DESCRIPTION, text)
    return folder


def load(folder: str | Path, policy_class: Any = None, **constants: Any) -> Any:
    """The policy saved in `folder`.

    Args:
        folder: as given to `save`.
        policy_class: instead of the class that the file names.
        constants: in place of saved ones, such as `device="cpu"`.

    Raises:
        ValueError: if there is no saved policy, it is damaged, or its class refuses it.
    """
    description, arrays = _read(Path(folder))
    policy_class = policy_class or find_class(description["class"])
    sizes = sizes_from_json(description["sizes"])
    saved = {name: _frozen(x) for name, x in description["constants"].items()}
    policy = policy_class(sizes, **saved | constants)
    _set_state(policy, insert_arrays(description["state"], arrays))
    return policy


def restore(policy: Any, folder: str | Path) -> None:
    """Gives `policy`, already built, perhaps for another world, the weights saved in `folder`.

    Raises:
        ValueError: as `load`, or if the weights do not fit.
    """
    description, arrays = _read(Path(folder))
    _set_state(policy, insert_arrays(description["state"], arrays))


def _state(policy: Any) -> dict[str, Any]:
    for method in ("weights", "state_dict"):
        if hasattr(policy, method):
            return getattr(policy, method)()
    return {}


def _set_state(policy: Any, state: dict[str, Any]) -> None:
    try:
        if hasattr(policy, "weights"):
            policy.load_weights(state)
        elif hasattr(policy, "state_dict"):
            policy.load_state_dict(state)
    except KeyError as error:
        raise ValueError(
            f"the saved state must fit {type(policy).__name__}, it has no {error}"
        ) from None


def _constants(policy: Any) -> dict[str, Any]:
    name = type(policy).__name__
    if not isinstance(getattr(policy, "sizes", None), Sizes):
        raise ValueError(f"a policy to be saved must keep its sizes, {name} has no such attribute")
    names = [n for n in inspect.signature(type(policy)).parameters if n != "sizes"]
    missing = [n for n in names if not hasattr(policy, n)]
    if missing:
        raise ValueError(
            f"a policy to be saved must keep its constants as attributes, {name} lacks {missing}"
        )
    return {n: getattr(policy, n) for n in names}


def _frozen(x: Any) -> Any:
    """JSON has no tuples; constants are never lists."""
    return tuple(map(_frozen, x)) if isinstance(x, list) else x


def _read(folder: Path) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Description and arrays, both checked."""
    for name in (DESCRIPTION, WEIGHTS):
        if not (folder / name).is_file():
            raise ValueError(f"{folder} must hold a saved policy, it has no {name}")
    try:
        description = json.loads((folder / DESCRIPTION).read_text())
        expected = {"class", "constants", "sizes", "state", "weights_sha256"}
        if description["format"] != FORMAT or not expected <= description.keys():
            raise ValueError(f"format must be {FORMAT}, got {description['format']}")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(
            f"{folder / DESCRIPTION} is not the file of a saved policy: {error}"
        ) from None
    weights = (folder / WEIGHTS).read_bytes()
    digest = hashlib.sha256(weights).hexdigest()
    if digest != description["weights_sha256"]:
        raise ValueError(
            f"{folder / WEIGHTS} must have the digest {description['weights_sha256'][:12]} that "
            f"{DESCRIPTION} names, got {digest[:12]}: it is damaged or of another save"
        )
    return description, safetensors.load(weights)


def write_whole(path: Path, content: bytes | str) -> None:
    """Writes beside `path`, to the disk, then moves there: a kill leaves the old file or the new.

    Raises:
        OSError: if there is no room; then the old file is as it was.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with beside.open("wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
