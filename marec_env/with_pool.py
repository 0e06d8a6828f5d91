"""What is drawn together with the pool: where items are fixed, once and for all copies alike."""

import functools
from collections.abc import Callable
from typing import Any, TypeVar

from . import nested
from .streams import Streams, single

Drawn = TypeVar("Drawn")  # an array [B, ...], or a nested NamedTuple of them


def drawn_with_pool(draw: Callable[[Any, Streams], Drawn]) -> Callable[[Any, Streams], Drawn]:
    """Decorates a method that draws from `streams`, of an object that has a `world`.

    Where the items of this world are fixed, the streams are those of its seed and B = 1; what was
    drawn of them is kept by the object, and repeated for each copy.
    """
    name = f"_fixed{draw.__name__}"

    @functools.wraps(draw)
    def drawn(self: Any, streams: Streams) -> Drawn:
        if not self.world.has_fixed_items:
            return draw(self, streams)
        kept = vars(self)  # written as functools.cached_property does, frozen or not
        if name not in kept:
            kept[name] = draw(self, single(self.world.seed))
        num_copies = len(streams.seed)
        return kept[name] if num_copies == 1 else nested.repeat(kept[name], num_copies)

    return drawn
