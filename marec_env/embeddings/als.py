"""Alternating least squares on implicit feedback, by the library `implicit`.

    min  sum_ui c_ui (p_ui - v_u . v_i)^2 + regularization (|v_u|^2 + |v_i|^2)                   (1)
    p_ui = [u turned to i],   c_ui = 1 + alpha 0.5^(age_ui / half_life)                          (2)

With the items' vectors fixed (1) is a ridge regression of each user on her own history: that is how
users are embedded, also those who came later.

Source: Hu, Koren and Volinsky (2008), "Collaborative filtering for implicit feedback datasets"; the
ages in (2) are added.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ..arrays import Array
from ..datasets.interactions import DataError, Interactions
from .encoder import Vectors, check_items
from .histories import in_order


@dataclass(frozen=True, kw_only=True)
class ALS:
    """An encoder; see encoder.py for the contract."""

    size: int = 64  # D
    regularization: float = 30.0  # of (1)
    alpha: float = 30.0  # what having turned to an item adds to its confidence of 1
    half_life: float = 5.0  # items after which one adds half as much; inf: all alike
    num_rounds: int = 15  # of solving for users and items in turn
    seed: int = 0  # of the first vectors

    def __post_init__(self):
        for name in ("size", "num_rounds"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be >= 1, got {getattr(self, name)}")
        for name in ("regularization", "alpha", "seed"):
            if not 0 <= getattr(self, name) < np.inf:
                raise ValueError(f"{name} must be >= 0, got {getattr(self, name)}")
        if not self.half_life > 0:
            raise ValueError(f"half_life must be > 0, got {self.half_life}")

    def fit(self, interactions: Interactions) -> Vectors:
        """Equation (1).

        Raises:
            DataError: if the library is missing, or there is nothing to fit.
        """
        if not len(interactions):
            raise DataError(f"{interactions.name} must have ratings to learn from, it has none")
        with _one_thread():
            model = self._model()
            model.fit(self._confidence(interactions), show_progress=False)
        vectors = Vectors(
            users=np.zeros((0, self.size), np.float32),
            items=np.asarray(model.item_factors, np.float32),
            name="als",
            source="Hu, Koren and Volinsky (2008); library implicit",
            licence="none needed",
            record=asdict(self),
        )
        return vectors._replace(users=self.encode_users(vectors, interactions))

    def encode_users(self, vectors: Vectors, histories: Interactions) -> Array:
        """Equation (1) with the items fixed."""
        check_items(vectors, histories)
        with _one_thread():
            model = self._model()
            model.item_factors = vectors.items
            users = np.arange(histories.num_users)
            return model.recalculate_user(users, self._confidence(histories))

    def _model(self) -> Any:
        try:
            from implicit.cpu.als import AlternatingLeastSquares
        except ImportError as error:
            raise DataError(
                "implicit must be installed for als: pip install marec-env[embed]"
            ) from error
        return AlternatingLeastSquares(
            factors=self.size,
            regularization=self.regularization,
            iterations=self.num_rounds,
            num_threads=1,
            random_state=self.seed,
            use_cg=False,
        )

    def _confidence(self, interactions: Interactions) -> Any:
        """C of (2) where p is 1, [U, I]."""
        from scipy.sparse import csr_matrix

        histories = in_order(interactions)
        values = (1 + self.alpha * 0.5 ** (histories.ages() / self.half_life)).astype(np.float32)
        shape = len(histories), interactions.num_items
        return csr_matrix((values, histories.items, histories.offsets), shape)


def _one_thread() -> Any:
    """The order of a sum decides its last bits; the library asks for one BLAS thread as well."""
    from threadpoolctl import threadpool_limits

    return threadpool_limits(1)
