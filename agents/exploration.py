"""Ways to try what is not yet known to be good; every draw is from a generator of the caller."""

import numpy as np


def sample_legal(action_mask: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One legal action per row of `action_mask` [..., A], uniformly; 0 where nothing is legal."""
    draws = rng.random(action_mask.shape, dtype=np.float32)
    return np.where(action_mask, draws, np.float32(-1)).argmax(-1)


def sample_categorical(probability: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One index per row of `probability` [..., A], never one of probability 0.

    Inverts the cumulative sum. It is taken in float64 and met by a float32 draw, so that
    draw * total < total holds after rounding and the index always exists.
    """
    cumulative = probability.cumsum(-1, dtype=np.float64)  # [..., A]
    draw = rng.random(probability.shape[:-1], dtype=np.float32)
    threshold = draw[..., None].astype(np.float64) * cumulative[..., -1:]
    return (cumulative > threshold).argmax(-1)


def linear(start: float, end: float, duration: float, now: float) -> float:
    """From `start` at 0 to `end` at `duration`, constant afterwards; `end` if `duration` is 0."""
    share = min(1.0, now / duration) if duration > 0 else 1.0
    return (1 - share) * start + share * end
