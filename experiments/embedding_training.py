"""Encoders that are watched while they train: progress bar, curves, checkpoints.

    FOLDER/DIGEST/events...       curves for TensorBoard, explained in NOTES
                 /checkpoints     after every epoch; a killed training goes on from the last one

DIGEST is that of the encoder, its settings and its data, so a folder holds one training, and what
is finished is not trained again. A resumed training ends with the same bits as one without a break.
"""

import hashlib
import json
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tqdm import tqdm

from marec_env.arrays import Array
from marec_env.datasets import Interactions
from marec_env.embeddings import Encoder, Vectors
from marec_env.embeddings.blend import Blend
from marec_env.embeddings.trained import digest

from . import checkpoint
from .board_file import EVENTS, BoardFile
from .command import BadInput
from .interrupts import Interrupts
from .lock import only_one
from .writer import check_sizes, rewind

NOTES = {  # tag -> what it says; the step is the epoch
    "search/loss": "mean -log of the probability of an item asked for, without held-out items",
    "search/hit_rate": "HR@10 of each user's held-out last item",
    "search/ndcg": "NDCG@10 of the same; the search stops when it no longer rises",
    "final/loss": "mean -log of the probability of an item asked for, on everything",
}
DIGITS = 12  # of a digest, in the name of a folder


class Watched:
    """An encoder like the one it is given, which trains before one's eyes."""

    def __init__(self, encoder: Encoder, folder: Path | None = None):
        """Watches `encoder`; without a folder nothing is kept."""
        self.encoder, self._folder = encoder, folder
        self.fitted: tuple[Interactions, Vectors] | None = None  # the last time

    def fit(self, interactions: Interactions) -> Vectors:
        """What the encoder's own `fit` gives.

        Raises:
            BadInput: if there can be no such folder, another process trains in it, or a checkpoint
                is damaged.
        """
        if isinstance(self.encoder, Blend):
            parts = [Watched(part, self._folder) for part in self.encoder.parts()]
            vectors = self.encoder.joined([part.fit(interactions) for part in parts])
        elif not hasattr(self.encoder, "training"):
            vectors = self.encoder.fit(interactions)
        elif self._folder is None:
            training = self._training(interactions)
            for _ in _epochs(training):
                pass
            vectors = training.vectors()
        else:
            vectors = self._kept(interactions, self._folder)
        self.fitted = interactions, vectors
        return vectors

    def encode_users(self, vectors: Vectors, histories: Interactions) -> Array:
        """What the encoder's own gives."""
        return self.encoder.encode_users(vectors, histories)

    def _training(self, interactions: Interactions) -> Any:
        encoder: Any = self.encoder
        return encoder.training(interactions)

    def _kept(self, interactions: Interactions, folder: Path) -> Vectors:
        training = self._training(interactions)
        place = folder / self._digest(interactions)[:DIGITS]
        try:
            place.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise BadInput(f"{folder} must be a folder to write in: {error.strerror}") from error
        with only_one(place):
            _go_on(training, place)
            if not training.is_finished:
                _train(training, place)
        return training.vectors()

    def _digest(self, interactions: Interactions) -> str:
        encoder: Any = self.encoder
        about = [encoder.name, asdict(encoder), digest(interactions)]
        return hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()


def _epochs(training: Any) -> Iterator[Any]:
    """Trains to the end, with a bar."""
    with tqdm(desc="search", unit="epoch", disable=not sys.stderr.isatty()) as bar:
        while not training.is_finished:
            epoch = training.epoch()
            bar.set_description(epoch.phase)
            shown = {"loss": f"{epoch.loss:.3f}"}
            if epoch.validation:
                shown["NDCG@10"] = f"{epoch.validation.ndcg:.4f}"
            bar.set_postfix(shown)
            bar.update()
            yield epoch


def _go_on(training: Any, place: Path) -> None:
    try:
        kept = checkpoint.load(place)
        sizes = kept["sizes"] if kept else {}
        check_sizes(place, sizes)
    except ValueError as error:
        raise BadInput(str(error)) from error
    rewind(place, sizes)
    if kept:
        training.load_state_dict(kept["training"])


def _train(training: Any, place: Path) -> None:
    with closing(BoardFile(place, NOTES.get)) as board, Interrupts() as interrupts:
        for epoch in interrupts.between(_epochs(training)):
            values = {f"{epoch.phase}/loss": epoch.loss}
            if epoch.validation:
                values["search/hit_rate"] = epoch.validation.hits
                values["search/ndcg"] = epoch.validation.ndcg
            board.numbers(values, epoch.number)
            board.flush()
            sizes = {path.name: path.stat().st_size for path in sorted(place.glob(EVENTS))}
            state = {"sizes": sizes, "training": training.state_dict()}
            checkpoint.save(place, training.num_epochs, state)
