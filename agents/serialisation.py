"""What JSON and safetensors can hold of a policy: nested state with its arrays apart, and Sizes."""

from typing import Any

import numpy as np

from .contract import Layout, Sizes
from .layout import PlainLayout


def take_arrays(x: Any, arrays: dict[str, np.ndarray], path: tuple[str, ...] = ()) -> Any:
    """State `x` with every array moved to `arrays`, and {"array": its dotted key} in its place.

    Raises:
        ValueError: if two arrays would have the same key.
    """
    if isinstance(x, dict):
        return {name: take_arrays(part, arrays, (*path, str(name))) for name, part in x.items()}
    if hasattr(x, "detach"):  # a tensor; who saves none needs no torch
        x = x.detach().cpu().numpy()
    if isinstance(x, np.generic):
        return x.item()
    if not isinstance(x, np.ndarray):
        return x
    key = ".".join(path)
    if key in arrays:
        raise ValueError(f"keys of a state must differ when joined by dots, {key!r} is there twice")
    arrays[key] = np.asarray(x, order="C")  # which leaves a scalar without axes
    return {"array": key}


def insert_arrays(x: Any, arrays: dict[str, np.ndarray]) -> Any:
    """The inverse of `take_arrays`."""
    if not isinstance(x, dict):
        return x
    if x.keys() == {"array"} and isinstance(x["array"], str):
        return arrays[x["array"]]
    return {name: insert_arrays(part, arrays) for name, part in x.items()}


def sizes_to_json(sizes: Sizes) -> dict[str, Any]:
    """Plain dicts and lists."""
    return sizes._asdict() | {"layout": _layout_to_json(sizes.layout)}


def sizes_from_json(saved: dict[str, Any]) -> Sizes:
    """The inverse of `sizes_to_json`."""
    layout = saved["layout"]
    if layout is not None:
        candidate, agent = (
            {name: slice(*x) for name, x in layout[part].items()} for part in ("candidate", "agent")
        )
        layout = PlainLayout(layout["num_candidates"], candidate, agent)
    return Sizes(**saved | {"layout": layout, "agent_names": tuple(saved["agent_names"])})


def _layout_to_json(layout: Layout | None) -> dict[str, Any] | None:
    if layout is None:
        return None
    parts = {
        part: {name: [int(x.start), int(x.stop)] for name, x in named.items()}
        for part, named in (("candidate", layout.candidate), ("agent", layout.agent))
    }
    return {"num_candidates": int(layout.num_candidates), **parts}
