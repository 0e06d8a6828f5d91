"""What a catalogue is worth as a game: its sizes, and how much its similarities tell about taste.

A reward s * r whose s hardly varies is blind to taste: whatever agents pick, s pays the same. That
is what the literal reward does, the cosine of sigmoid embeddings or of vectors as encoders give
them. The report shows it beside the centred similarities and warns in plain words.
"""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from .arrays import Array
from .models.rating_quality import GOOD, within_user_auc
from .ratings import R_MIN, LowRank, to_unit_scale
from .similarity import Similarity

if TYPE_CHECKING:
    from .catalogue import Catalogue

NARROW = 0.25  # (95 % - 5 %) / 50 % of s; below it s is nearly a constant factor
_NUM_SAMPLED = 500  # users and items looked at, evenly spaced


class _Row(NamedTuple):
    label: str
    quantiles: Array  # [3]: 5, 50, 95 %
    auc: float


def describe(catalogue: "Catalogue") -> str:
    """A dozen lines for people to read."""
    name = catalogue.provenance.get("name", "unnamed")
    known = len(catalogue.ratings.known.values)
    pairs = catalogue.num_users * catalogue.num_items
    model = (
        "biases and factors" if isinstance(catalogue.ratings.model, LowRank) else "a dense table"
    )
    users, items = _sample(catalogue.num_users), _sample(catalogue.num_items)
    ratings = catalogue.rating(users[:, None], items)
    low, middle, high = np.quantile(ratings, (0.05, 0.5, 0.95))
    rows = _rows(catalogue, users, items, ratings)
    judge = "known ratings" if known else "the ratings"
    lines = [
        f"Catalogue {name}: {catalogue.num_users:,} users, {catalogue.num_items:,} items, vectors "
        f"of {catalogue.embedding_size}, {len(catalogue.topic_names)} topics",
        f"ratings in [{R_MIN}, 1]: {known:,} known ({known / pairs:.2%} of the pairs), the others "
        f"from {model}",
        f"  5 / 50 / 95 %: {low:.3f} / {middle:.3f} / {high:.3f}, spread {ratings.std():.3f}",
        f"{'similarity s':<46} {'5 %':>6} {'50 %':>6} {'95 %':>6}   AUC on {judge}",
        *(
            f"  {label:<44} {q[0]:>6.3f} {q[1]:>6.3f} {q[2]:>6.3f}   {auc:.3f}"
            for label, q, auc in rows
        ),
    ]
    return "\n".join(lines + _warnings(rows))


def _rows(catalogue: "Catalogue", users: Array, items: Array, ratings: Array) -> list[_Row]:
    raw = catalogue.user_vectors, catalogue.item_vectors
    centred = catalogue.centred_user_vectors, catalogue.centred_item_vectors
    literal = _sigmoid(raw[0]), _sigmoid(raw[1])
    rated = _rated(catalogue, users, items, ratings)
    return [
        _row(label, similarity, sides, users, items, *rated)
        for label, similarity, sides in (
            ("cosine of sigmoid(raw): the literal reward", Similarity("cosine"), literal),
            ("cosine of raw vectors", Similarity("cosine"), raw),
            ("(1 + cosine) / 2 of centred vectors", Similarity("cosine", shifted=True), centred),
            ("exp(cosine - 1) of centred vectors: default", Similarity(), centred),
        )
    ]


def _row(
    label: str, similarity: Similarity, sides: tuple[Array, Array], users: Array, items: Array,
    rated_users: Array, rated_items: Array, is_good: Array,
) -> _Row:  # fmt: skip
    s = similarity.table(sides[0][users], sides[1][items])
    of_rated = similarity.pairs(*sides, rated_users, rated_items)
    auc = within_user_auc(rated_users, is_good, of_rated)
    return _Row(label, np.quantile(s, (0.05, 0.5, 0.95)), auc)


def _rated(
    catalogue: "Catalogue", users: Array, items: Array, ratings: Array
) -> tuple[Array, Array, Array]:
    """Users, items and whether the rating is good: known ones, else all of the sample."""
    known = catalogue.ratings.known
    if len(known.values):
        chosen = np.isin(known.users, users)
        rated = known.users[chosen], known.indices[chosen].astype(np.int64), known.values[chosen]
    else:
        rated = np.repeat(users, len(items)), np.tile(items, len(users)), ratings.ravel()
    threshold = to_unit_scale(np.array(GOOD), 0, 1) - 1e-6  # ratings are float32
    return rated[0], rated[1], rated[2] >= threshold


def _warnings(rows: list[_Row]) -> list[str]:
    found: dict[str, str] = {}
    for label, (low, middle, high), _ in rows:
        what = label.partition(":")[0]
        if low < 0:
            found[label] = f"the {what} can be negative, so crowding would be a reward"
        elif high - low < NARROW * middle:
            found[label] = (
                f"the {what} is degenerate as a reward: 90 % of its values lie within "
                f"{(high - low) / middle:.1%} of one another; use centred vectors"
            )
    lines = [f"WARNING: {sentence}" for sentence in found.values()]
    if found and rows[-1].label not in found:
        lines.append("The default is none of these; they are played only where they are asked for.")
    return lines


def _sigmoid(vectors: Array) -> Array:
    return 1 / (1 + np.exp(-vectors.astype(np.float64)))


def _sample(size: int) -> Array:
    return np.unique(np.linspace(0, size - 1, min(size, _NUM_SAMPLED)).astype(np.int64))
