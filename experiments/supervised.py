"""The plain model on real data: a network that predicts ratings, and how often it is right.

python -m experiments.supervised --dataset ml-100k --encoder factorization --epochs 100

    f(u, i)  = w . relu(W [e_u, e_i] + b) + c,    loss = mean (f(u, i) - r_ui)^2                (1)
    accuracy = share of the ratings with |f(u, i) - r_ui| <= tolerance, half a star by default  (2)

Ratings are dealt out 80/10/10 at random; vectors e and network are fitted to the first part, every
epoch is judged by the second, and the third is looked at once, at the end. Beside it stands the
same accuracy of the mean rating, and of biases alone.
"""

from argparse import Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from marec_env.arrays import Array
from marec_env.datasets import DataError, Interactions, data_folder, load, splits
from marec_env.embeddings import ENCODERS, Vectors, biases

from .command import BadInput, Parser, program
from .divergence import Diverged


class Fit(NamedTuple):
    """How well ratings are predicted."""

    loss: float  # equation (1), in squared units of the rating
    accuracy: float  # equation (2)


def main(argv: Sequence[str]) -> int:
    """Prints a line for each epoch, then what the ratings held out say."""
    own = _options(argv)
    torch.set_num_threads(own.threads)
    try:
        data = load(own.dataset, own.data)
        parts = [data.take(rows) for rows in splits.at_random(data, seed=own.seed)]
        if not all(len(part) for part in parts):
            raise DataError(f"{data.name} must have at least 10 ratings, it has {len(data)}")
        vectors = ENCODERS[own.encoder]().fit(parts[0])
    except DataError as error:
        raise BadInput(str(error)) from error
    train, validation, test = parts
    network = RatingNetwork(vectors, own.hidden_size, train, own.seed)
    for epoch, fit in enumerate(network.epochs(train, own), 1):
        there = judge(network.predict(validation), validation, own.tolerance)
        print(
            f"epoch {epoch:3}/{own.epochs}  loss {fit.loss:.4f}  accuracy {fit.accuracy:.4f}  "
            f"held out: loss {there.loss:.4f}  accuracy {there.accuracy:.4f}",
            flush=True,
        )
    bias = biases.fit(train)
    others = {
        "the mean rating": np.full(len(test), train.ratings.mean()),
        "biases of user and item": bias.at(test.users, test.items),
        f"the network on {own.encoder}": network.predict(test),
    }
    print(f"\n{len(test):,} test ratings, accuracy within {own.tolerance:g}:")
    for name, predicted in others.items():
        fit = judge(predicted, test, own.tolerance)
        print(f"  {name:<30}  loss {fit.loss:.4f}  accuracy {fit.accuracy:.4f}")
    return 0


class RatingNetwork:
    """Equation (1) on vectors that stay as they are."""

    def __init__(self, vectors: Vectors, hidden_size: int, train: Interactions, seed: int):
        torch.manual_seed(seed)
        self._users, self._items = (_standardised(x) for x in (vectors.users, vectors.items))
        self._low, self._high = train.scale
        head = nn.Linear(hidden_size, 1)
        nn.init.constant_(head.bias, float(train.ratings.mean()))
        self._net = nn.Sequential(nn.Linear(2 * vectors.size, hidden_size), nn.ReLU(), head)

    def epochs(self, train: Interactions, own: Namespace) -> Iterator[Fit]:
        """Passes over the ratings; yields how each went, every rating before its step.

        Raises:
            Diverged: if the loss is no longer finite.
        """
        optimiser = torch.optim.Adam(self._net.parameters(), lr=own.learning_rate)
        users, items = torch.from_numpy(train.users), torch.from_numpy(train.items)
        ratings = torch.from_numpy(train.ratings).float()
        order = torch.Generator().manual_seed(own.seed)
        for _ in range(own.epochs):
            loss, right = 0.0, 0
            for rows in torch.randperm(len(ratings), generator=order).split(own.batch_size):
                error = self._net(self._seen(users[rows], items[rows])).squeeze(1) - ratings[rows]
                optimiser.zero_grad()
                error.square().mean().backward()
                optimiser.step()
                loss += float(error.detach().square().sum())
                right += int((error.detach().abs() <= own.tolerance).sum())
            if not np.isfinite(loss):
                raise Diverged(f"the network must learn from finite numbers, got loss {loss}")
            yield Fit(loss / len(ratings), right / len(ratings))

    @torch.no_grad()
    def predict(self, at: Interactions) -> Array:
        """Ratings [R] float64 on the scale of the data."""
        seen = self._seen(torch.from_numpy(at.users), torch.from_numpy(at.items))
        return self._net(seen).squeeze(1).double().numpy().clip(self._low, self._high)

    def _seen(self, users: Tensor, items: Tensor) -> Tensor:
        return torch.cat([self._users[users], self._items[items]], 1)


def judge(predicted: Array, held_out: Interactions, tolerance: float) -> Fit:
    """Equations (1) and (2) of ratings that were predicted."""
    error = predicted - held_out.ratings
    return Fit(float((error**2).mean()), float((np.abs(error) <= tolerance).mean()))


def _standardised(vectors: Array) -> Tensor:
    spread = vectors.std(axis=0, dtype=np.float64) + 1e-8
    return torch.from_numpy(((vectors - vectors.mean(axis=0)) / spread).astype(np.float32))


def _options(argv: Sequence[str]) -> Namespace:
    parser = Parser("supervised", __doc__ or "")
    parser.add_argument("--dataset", default="ml-100k", help="a name or a path (%(default)s)")
    parser.add_argument("--data", type=Path, default=data_folder(),
                        help="where fetched data lie (%(default)s)")  # fmt: skip
    parser.add_argument("--encoder", choices=sorted(ENCODERS), default="factorization",
                        help="of the vectors, with its defaults (%(default)s)")  # fmt: skip
    parser.add_argument("--epochs", type=int, default=100, help="(%(default)s)")
    parser.add_argument("--hidden-size", type=int, default=64, help="neurons (%(default)s)")
    parser.add_argument("--batch-size", type=int, default=256, help="ratings (%(default)s)")
    parser.add_argument("--learning-rate", type=float, default=1e-3, help="of Adam (%(default)s)")
    parser.add_argument("--tolerance", type=float, default=0.5,
                        help="of a prediction that is right (%(default)s)")  # fmt: skip
    parser.add_argument("--seed", type=int, default=0, help="of deal and network (%(default)s)")
    parser.add_argument("--threads", type=int, default=1, help="of torch (%(default)s)")
    own = parser.parse(argv)
    for name in ("epochs", "hidden_size", "batch_size", "learning_rate", "threads"):
        if not getattr(own, name) > 0:
            raise BadInput(f"--{name.replace('_', '-')} must be > 0, got {getattr(own, name)}")
    for name in ("tolerance", "seed"):
        if not getattr(own, name) >= 0:
            raise BadInput(f"--{name} must be >= 0, got {getattr(own, name)}")
    return own


if __name__ == "__main__":
    program(main, "supervised")
