"""Items by what is written about them: a language model's vectors of titles and genres.

    v_i = centred(model("TITLE. GENRE, GENRE"))                                                  (1)

Language models put all texts into one narrow cone; around their mean they differ by content, which
is why (1) is centred (centring.py). An item about which nothing is written has no direction: its
vector is 0, the mean of the others, no similarity rewards it, and the record says how many such
items there are. Users follow from their histories (profiles.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ..arrays import Array
from ..datasets.interactions import DataError, Interactions
from . import text_models
from .profiles import Described, Profiled


@dataclass(frozen=True, kw_only=True)
class Text(Profiled):
    """Equation (1)."""

    name: ClassVar[str] = "text"

    model: str = "use"  # use, minilm, a sentence-transformers model, or the folder of one

    def describe(self, interactions: Interactions) -> Described:
        """Equation (1), with the mean of the others where nothing is written."""
        texts = texts_of(interactions)
        written = [index for index, text in enumerate(texts) if text]
        if not written:
            raise DataError(
                f"{interactions.name} must have titles or genres to be embedded by text, none of "
                f"its {len(texts):,} items has any"
            )
        model = text_models.opened(self.model)
        found = encoded(model, [texts[index] for index in written])
        items = np.tile(found.mean(0), (len(texts), 1))
        items[written] = found
        record = {**model.record, "items_without_text": len(texts) - len(written)}
        return Described(items, model.source, model.licence, record)


def texts_of(interactions: Interactions) -> list[str]:
    """Of each item "TITLE. GENRE, GENRE", or what there is of it, perhaps nothing."""
    ids = interactions.item_ids
    titles = interactions.titles or ("",) * len(ids)
    genres = interactions.genres or ((),) * len(ids)
    named = ("" if title == f"item {i}" else title for title, i in zip(titles, ids, strict=True))
    parts = zip(named, map(", ".join, genres), strict=True)
    return [". ".join(filter(None, part)) for part in parts]


def encoded(model: text_models.TextModel, texts: Sequence[str]) -> Array:
    """Vectors [n, D] float32 of texts.

    Raises:
        DataError: if they are not n vectors of finite numbers.
    """
    found = np.asarray(model.encode(texts), np.float32)
    if found.ndim != 2 or len(found) != len(texts) or not np.isfinite(found).all():
        num_wrong = np.count_nonzero(~np.isfinite(found))
        raise DataError(
            f"{model.source} must give {len(texts):,} vectors of finite numbers, got an array of "
            f"shape {found.shape} with {num_wrong:,} that are not finite"
        )
    return found
