"""Training a sequence encoder, an epoch at a time, so that it can be watched, stopped and resumed.

    1. search: the last item of each user is held out; train until NDCG@10 on it has not risen for
       `patience` epochs; the best epoch is how long to train
    2. final: train afresh on everything, so many epochs

Without patience there is no search, and the final training has `max_epochs`.

Whatever is random in an epoch follows from the seed and its number, so a state between two epochs
is exact without the state of a random generator.
"""

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from ...arrays import Array
from ...datasets import splits
from ...datasets.interactions import DataError, Interactions
from .. import ranking
from ..encoder import Vectors, check_finite
from ..histories import in_order, timed
from . import network as networks
from . import windows

if TYPE_CHECKING:
    from ..sequences import SequenceEncoder


class Epoch(NamedTuple):
    """What one epoch reports."""

    number: int  # from 1, within its phase
    phase: str  # "search" or "final"
    loss: float  # mean negative log likelihood of the targets
    validation: ranking.Ranked | None  # in the search


class Training:
    """Of one encoder on some interactions; `epoch` until `is_finished`, then `vectors`."""

    def __init__(self, encoder: "SequenceEncoder", interactions: Interactions):
        if not len(interactions):
            raise DataError(f"{interactions.name} must have ratings to learn from, it has none")
        self._encoder, self._all = encoder, timed(interactions)
        self._licence = encoder.licence()
        train, validation, last = splits.last_of_each_user(self._all)
        self._seen = self._all.take(np.sort(np.append(train, validation)))
        self._last = self._all.take(last)
        is_searched = bool(encoder.patience and len(last))
        self.chosen = 0 if is_searched else encoder.max_epochs  # epochs; 0 while searching
        self.curve: list[float] = []  # NDCG@10 of the search
        self._begin()

    @property
    def phase(self) -> str:
        """`search` or `final`."""
        return "final" if self.chosen else "search"

    @property
    def num_epochs(self) -> int:
        """All that are done, of both phases."""
        return len(self.curve) + (self.done if self.chosen else 0)

    @property
    def is_finished(self) -> bool:
        """Whether the vectors are ready."""
        return self.done == self.chosen > 0

    def epoch(self) -> Epoch:
        """One epoch; behind the last one of the search the final training begins.

        Raises:
            DataError: if the network no longer holds numbers.
        """
        phase = self.phase
        loss = self._learn()
        self.done += 1
        if not np.isfinite(loss):
            raise DataError(
                f"{self._encoder.name} must learn from finite numbers, got loss {loss} in epoch "
                f"{self.done}; a learning_rate below {self._encoder.learning_rate:g} may help"
            )
        number = self.done
        if phase == "final":
            return Epoch(number, phase, loss, None)
        vectors = self._vectors(self._seen)
        ranked = ranking.rank(ranking.by_vectors(vectors), self._seen, self._last)
        self.curve.append(ranked.ndcg)
        best = int(np.argmax(self.curve)) + 1
        if number == self._encoder.max_epochs or number - best >= self._encoder.patience:
            self.chosen = best
            self._begin()
        return Epoch(number, phase, loss, ranked)

    def vectors(self) -> Vectors:
        """Of all users and items."""
        return self._vectors(self._all)

    def state_dict(self) -> dict[str, Any]:
        """All that decides how it goes on: nested dicts of arrays and what JSON holds."""
        moments = self._optimiser.state_dict()["state"]
        return {
            "done": self.done,
            "chosen": self.chosen,
            "curve": self.curve,
            "network": {k: v.numpy().copy() for k, v in self._network.state_dict().items()},
            "optimiser": {
                str(index): {name: value.numpy().copy() for name, value in part.items()}
                for index, part in moments.items()
            },
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """The exact inverse of `state_dict`."""
        self.chosen, self.curve = state["chosen"], list(state["curve"])
        self._begin()
        self.done = state["done"]
        self._network.load_state_dict(_tensors(state["network"]))
        full = self._optimiser.state_dict()
        full["state"] = {int(k): _tensors(part) for k, part in state["optimiser"].items()}
        self._optimiser.load_state_dict(full)

    def _begin(self) -> None:
        self.done = 0  # epochs of this phase
        encoder, data = self._encoder, self._all if self.chosen else self._seen
        self._histories = in_order(data)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(encoder.seed)
            self._network = networks.Network(
                data.num_items,
                encoder.size,
                encoder.features(self._all),
                encoder.body(data.num_items),
                is_sigmoid=encoder.is_sigmoid,
            )
        self._optimiser = torch.optim.AdamW(
            self._network.parameters(), encoder.learning_rate, weight_decay=encoder.weight_decay
        )

    def _learn(self) -> float:
        encoder = self._encoder
        rng = np.random.default_rng([encoder.seed, self.done])
        rows = rng.permutation(windows.cut(self._histories, encoder.max_length, rng))
        (group,) = self._optimiser.param_groups
        group["lr"] = encoder.learning_rate * (1 - self.done / encoder.max_epochs)
        tokens, targets = encoder.questions(rows, self._all.num_items, rng)
        total = 0.0
        with torch.random.fork_rng(devices=[]):  # dropout
            torch.manual_seed(int(rng.integers(2**62)))
            for begin in range(0, len(rows), encoder.batch_size):
                part = slice(begin, begin + encoder.batch_size)
                loss = self._network.loss(*map(torch.from_numpy, (tokens[part], targets[part])))
                self._optimiser.zero_grad()
                loss.backward()
                self._optimiser.step()
                total += float(loss.detach()) * int((targets[part] >= 0).sum())
        return total / int((targets >= 0).sum())

    def _vectors(self, histories: Interactions) -> Vectors:
        encoder = self._encoder
        items = self._network.items().detach().numpy().copy()
        found = Vectors(
            users=np.zeros((0, encoder.size), np.float32),
            items=items,
            name=encoder.name,
            source=encoder.source,
            licence=self._licence,
            record={**encoder.settings(), "epochs": self.chosen or self.done,
                    "validation_ndcg": [round(x, 6) for x in self.curve]},
            weights=networks.weights(self._network),
        )  # fmt: skip
        found = found._replace(users=encoder.encode_users(found, histories))
        check_finite(found)
        return found


def _tensors(arrays: dict[str, Array]) -> dict[str, Tensor]:
    return {name: torch.as_tensor(np.array(value)) for name, value in arrays.items()}
