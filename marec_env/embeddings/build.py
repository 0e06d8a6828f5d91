"""From interactions to a catalogue, and what its ratings are worth.

    1. deal the ratings out 80/10/10: train, validation, test                     (splits.at_random)
    2. encode train; choose the constants of the rating model on validation
    3. encode train + validation; predict with these constants: the catalogue
    4. judge the catalogue, as it is stored, by the test ratings, which it has never seen

The test ratings stay out of the catalogue for good, so that the judgement can be repeated on it.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..arrays import Array
from ..catalogue import Catalogue
from ..datasets import splits
from ..datasets.interactions import DataError, Interactions
from ..models.rating_quality import GOOD, rmse, within_user_auc
from ..ratings import R_MIN, Known, LowRank, Ratings, to_unit_scale
from . import biases, rating_factors, rating_kernel
from .encoder import Encoder, Vectors, check_finite


@dataclass(frozen=True)
class Judgement:
    """Of predicted ratings, by ratings that were held out; in units of the source's rating."""

    rmse: float
    auc: float  # within users, good against not; see models/rating_quality.py
    spread: float

    def faults(self, gate: "Judgement") -> list[str]:
        """How this falls short of `gate`: a greater error, less of the others, or NaN."""
        found = []
        if not self.rmse <= gate.rmse:
            found.append(f"RMSE must be at most {gate.rmse:.3f}, got {self.rmse:.4f}")
        if not self.auc >= gate.auc:
            found.append(f"AUC must be at least {gate.auc:.3f}, got {self.auc:.4f}")
        if not self.spread >= gate.spread:
            found.append(f"spread must be at least {gate.spread:.3f}, got {self.spread:.4f}")
        return found

    def __str__(self) -> str:
        return f"RMSE {self.rmse:.4f}  AUC {self.auc:.4f}  spread {self.spread:.4f}"


GATES = {"ml-100k": Judgement(rmse=0.915, auc=0.755, spread=0.5)}  # data set -> least it must reach


@dataclass(frozen=True)
class Built:
    """A catalogue and what held-out ratings say of it."""

    catalogue: Catalogue
    judged: Judgement
    bias_only: Judgement  # of mu + b_u + b_i, for comparison
    test: Interactions  # held out


def build(interactions: Interactions, encoder: Encoder, seed: int = 0) -> Built:
    """Steps 1 to 4.

    Args:
        interactions: R >= 10 ratings.
        encoder: makes the vectors; fitted twice.
        seed: of the deal, nothing else is random.

    Raises:
        DataError: if there are too few ratings, or vectors are not finite.
    """
    train, validation, test = map(interactions.take, splits.at_random(interactions, seed=seed))
    if not len(validation) or not len(test):
        raise DataError(
            f"{interactions.name} must have at least 10 ratings, it has {len(interactions)}"
        )
    seen = interactions.take(np.sort(np.concatenate(splits.at_random(interactions, seed=seed)[:2])))
    is_small = max(interactions.num_users, interactions.num_items) <= rating_kernel.LARGEST
    model = rating_kernel if is_small else rating_factors
    settings = model.choose(train, validation, _fitted(encoder, train))
    vectors = _fitted(encoder, seen)
    predicted = settings.predict(seen, vectors)
    ratings = Ratings(_to_unit(predicted, seen.scale), _known(seen))
    judged = judge(ratings, test)
    bias_only = _judge(biases.fit(seen).at(test.users, test.items).clip(*test.scale), test)
    provenance = {
        "name": interactions.name,
        "source": interactions.source,
        "licence": interactions.licence,
        "dropped": [str(part) for part in interactions.dropped],
        "scale": list(interactions.scale),
        "encoder": vectors.name,
        "encoder_source": vectors.source,
        "encoder_licence": vectors.licence,
        "settings": {**vectors.record, **settings._asdict()},
        "seed": seed,
        "split": "ratings at random 80/10/10; known here: train and validation; judged on test",
        "judged": {"test_ratings": len(test), **_rounded(judged)},
        "bias_only": _rounded(bias_only),
    }
    return Built(_catalogue(seen, vectors, ratings, provenance), judged, bias_only, test)


def _fitted(encoder: Encoder, interactions: Interactions) -> Vectors:
    vectors = encoder.fit(interactions)
    check_finite(vectors)
    return vectors


def judge(ratings: Ratings, test: Interactions) -> Judgement:
    """What `test` says of stored ratings, back in units of the source."""
    low, high = test.scale
    stored = ratings.at(test.users, test.items)
    return _judge(low + (stored - R_MIN) / (1 - R_MIN) * (high - low), test)


def is_good(interactions: Interactions) -> Array:
    """[R] bool: three quarters up the scale or higher."""
    low, high = interactions.scale
    return interactions.ratings >= low + GOOD * (high - low)


def _judge(predicted: Array, test: Interactions) -> Judgement:
    return Judgement(
        rmse=rmse(predicted, test.ratings),
        auc=within_user_auc(test.users, is_good(test), predicted),
        spread=float(predicted.std()),
    )


def _rounded(judged: Judgement) -> dict[str, float | None]:
    found = {"rmse": judged.rmse, "auc": judged.auc, "spread": judged.spread}
    return {k: round(v, 6) if np.isfinite(v) else None for k, v in found.items()}


def _to_unit(predicted: Array | LowRank, scale: tuple[float, float]) -> Array | LowRank:
    if not isinstance(predicted, LowRank):
        unit = to_unit_scale(predicted, *scale).astype(np.float32)
        return np.clip(unit, np.float32(R_MIN), np.float32(1), out=unit)
    factor = (1 - R_MIN) / (scale[1] - scale[0])
    return LowRank(
        mean=float(to_unit_scale(np.array(predicted.mean), *scale)),
        user_bias=(predicted.user_bias * factor).astype(np.float32),
        item_bias=(predicted.item_bias * factor).astype(np.float32),
        user_factors=(predicted.user_factors * factor).astype(np.float32),
        item_factors=predicted.item_factors,
    )


def _known(seen: Interactions) -> Known:
    values = to_unit_scale(seen.ratings, *seen.scale).astype(np.float32)
    return Known.of(seen.users, seen.items, values, seen.num_users)


def _catalogue(
    seen: Interactions, vectors: Vectors, ratings: Ratings, provenance: dict[str, Any]
) -> Catalogue:
    topics, topic_names = np.zeros(0, np.int64), ()
    if seen.genres:  # an item's topic is the first of its genres
        first = [genres[0] if genres else "unknown" for genres in seen.genres]
        topic_names = tuple(sorted(set(first)))
        topics = np.array([topic_names.index(genre) for genre in first], np.int64)
    return Catalogue(
        user_vectors=vectors.users,
        item_vectors=vectors.items,
        ratings=ratings,
        topics=topics,
        topic_names=topic_names,
        titles=seen.titles,
        prices=seen.prices,
        user_ids=seen.user_ids,
        item_ids=seen.item_ids,
        provenance=provenance,
    )
