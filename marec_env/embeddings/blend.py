"""Two encoders side by side: a transformer on text and behaviour, and nearest neighbours.

    v_i = (v_i^1 / c_1, v_i^2 / c_2),   v_u = (v_u^1, v_u^2)                                     (1)
    so  v_u . v_i = v_u^1 . v_i^1 / c_1 + v_u^2 . v_i^2 / c_2                                    (2)

c_p is the spread of the scores of part p: the standard deviation over the items, mean over users.
So both parts have an equal say, without a weight to be tuned. They err on different users:
neighbours follow the last item closely, the transformer the whole history.

Source: the sum of standardised scores is CombSUM of Fox and Shaw (1994), "Combination of multiple
searches".
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from ..arrays import Array
from ..datasets.interactions import Interactions
from ..ratings import row_blocks
from .encoder import Vectors, check_items
from .hybrid import Hybrid
from .item_knn import ItemKNN


@dataclass(frozen=True, kw_only=True)
class Blend:
    """An encoder; see encoder.py for the contract."""

    model: str = "use"  # as of the encoder `text`
    patience: int = 10  # as of the encoder `hybrid`
    seed: int = 0  # the same

    def __post_init__(self):
        self.parts()

    def parts(self) -> tuple[Hybrid, ItemKNN]:
        """The encoders that stand side by side."""
        return Hybrid(model=self.model, patience=self.patience, seed=self.seed), ItemKNN()

    def fit(self, interactions: Interactions) -> Vectors:
        """Fits each part by itself."""
        return self.joined([part.fit(interactions) for part in self.parts()])

    def joined(self, fitted: Sequence[Vectors]) -> Vectors:
        """Equation (1) of the vectors of the parts."""
        spreads = [_spread(vectors) for vectors in fitted]
        weights = {
            f"{vectors.name}.{name}": value
            for vectors in fitted
            for name, value in vectors.weights.items()
        }
        weights["spreads"] = np.array(spreads, np.float32)
        weights["ends"] = np.cumsum([vectors.size for vectors in fitted])
        return Vectors(
            users=np.hstack([vectors.users for vectors in fitted]),
            items=np.hstack(
                [v.items / np.float32(spread) for v, spread in zip(fitted, spreads, strict=True)]
            ),
            name="blend",
            source="; ".join(vectors.source for vectors in fitted),
            licence="; ".join(vectors.licence for vectors in fitted),
            record={**asdict(self), "parts": {v.name: dict(v.record) for v in fitted}},
            weights=weights,
        )

    def encode_users(self, vectors: Vectors, histories: Interactions) -> Array:
        """Equation (1): each part reads the histories by itself."""
        check_items(vectors, histories)
        ends = vectors.weights["ends"]
        items = np.split(vectors.items, ends[:-1], axis=1)
        found = []
        for part, own, spread in zip(self.parts(), items, vectors.weights["spreads"], strict=True):
            prefix = f"{part.name}."
            weights = {
                name.removeprefix(prefix): value
                for name, value in vectors.weights.items()
                if name.startswith(prefix)
            }
            of_part = vectors._replace(items=own * spread, name=part.name, weights=weights)
            found.append(part.encode_users(of_part, histories))
        return np.hstack(found)


def _spread(vectors: Vectors) -> float:
    """The c of (1); 1 where all scores are equal."""
    blocks = row_blocks(len(vectors.users), len(vectors.items))
    spreads = [(vectors.users[rows] @ vectors.items.T).std(1) for rows in blocks]
    return float(np.concatenate(spreads).mean()) or 1.0
