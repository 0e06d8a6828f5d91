"""Makes a catalogue of real data: `python -m experiments.embed --dataset ml-100k --out FOLDER`.

Reads the data, encodes users and items, predicts the ratings nobody gave, judges the predictions by
held-out ratings, and writes the catalogue only if they pass the data set's gate. With --trained it
also keeps the fitted encoder, its curves and the points of TensorBoard's embedding projector, and
a killed training goes on where it was.
"""

import math
import sys
from argparse import ArgumentTypeError, Namespace
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from marec_env import catalogue_files
from marec_env.datasets import DataError, Interactions, cleaning, data_folder, load
from marec_env.embeddings import ENCODERS, GATES, Built, Trained, Vectors, build, trained
from marec_env.embeddings.build import is_good
from marec_env.models.rating_quality import within_user_auc
from marec_env.similarity import Similarity

from . import board_projector
from .board_projector import Points
from .command import BadInput, Parser, program
from .constants import Constant, constants, metavar, read, write
from .embedding_training import Watched


def main(argv: Sequence[str]) -> int:
    """Returns the exit code: 1 if the gate is missed, and then nothing is written."""
    options = _options(argv)
    _check_places(options)
    try:
        interactions = cleaning.k_core(
            load(options.dataset, options.data, options.scale),
            options.min_per_user,
            options.min_per_item,
        )
        print(interactions.report(), flush=True)
        encoder = _encoder(options)
        watched = Watched(encoder, options.trained and options.trained / "training")
        built = build(interactions, watched, options.seed)
        if options.trained:
            _keep(options.trained, encoder, watched, built)
    except DataError as error:
        raise BadInput(str(error)) from error
    print(_judged(interactions, built))
    _warn_of_items_without_text(built)
    print(built.catalogue.describe())
    gate = GATES.get(interactions.name)
    faults = built.judged.faults(gate) if gate else []
    if faults:
        print(f"the catalogue is not written: {'; '.join(faults)}", file=sys.stderr)
        return 1
    try:
        built.catalogue.save(options.out)
    except (OSError, ValueError) as error:
        raise BadInput(f"--out {options.out} cannot be written: {error}") from error
    print(f"{options.out}: digest {built.catalogue.digest[:12]}")
    return 0


def _check_places(options: Namespace) -> None:
    """What cannot be written is refused before the work, not after it."""
    try:
        catalogue_files.check_place(options.out)
    except (OSError, ValueError) as error:
        raise BadInput(f"--out {options.out} cannot be written: {error}") from error
    try:
        if options.trained:
            trained.check_place(options.trained / "encoder")
    except (OSError, ValueError) as error:
        raise BadInput(f"--trained {options.trained} cannot be written: {error}") from error


def _keep(folder: Path, encoder: Any, watched: Watched, built: Built) -> None:
    assert watched.fitted is not None
    interactions, vectors = watched.fitted
    metrics = {name: float(value) for name, value in asdict(built.judged).items()}
    try:
        Trained.of(encoder, interactions, vectors, metrics).save(folder / "encoder")
        board_projector.write(folder / "projector", _points(interactions, vectors))
    except (OSError, ValueError) as error:
        raise BadInput(f"--trained {folder} cannot be written: {error}") from error


def _points(interactions: Interactions, vectors: Vectors) -> dict[str, Points]:
    labels = {
        "id": interactions.item_ids,
        "title": interactions.titles,
        "genres": [", ".join(genres) for genres in interactions.genres],
    }
    return {
        "items": Points(vectors.items, {name: texts for name, texts in labels.items() if texts}),
        "users": Points(vectors.users, {"id": interactions.user_ids}),
    }


def _judged(interactions: Interactions, built: Built) -> str:
    test, catalogue = built.test, built.catalogue
    sides = catalogue.centred_user_vectors, catalogue.centred_item_vectors
    s = Similarity().pairs(*sides, test.users, test.items)
    auc = within_user_auc(test.users, is_good(test), s)
    gate = GATES.get(interactions.name, "none for this data set")
    return "\n".join(
        (
            f"judged by {len(test):,} held-out ratings (80/10/10 at random)",
            f"  ratings as stored  {built.judged}",
            f"  biases alone       {built.bias_only}",
            f"  gate               {gate}",
            f"  default similarity alone: AUC {auc:.4f}",
        )
    )


def _warn_of_items_without_text(built: Built) -> None:
    number = built.catalogue.provenance["settings"].get("items_without_text", 0)
    if number:
        print(
            f"WARNING: nothing is written about {number:,} of {built.catalogue.num_items:,} items; "
            "their vector is 0, and no similarity rewards them"
        )


def _encoder(options: Namespace) -> Any:
    made = ENCODERS[options.encoder]
    values = vars(options)
    try:
        return made(**{name: values[f"encoder.{name}"] for name in constants(made, set())})
    except ValueError as error:
        raise BadInput(f"--encoder {options.encoder}: {error}") from error


def _options(argv: Sequence[str]) -> Namespace:
    """Read twice: the constants that can be set depend on the encoder."""
    first = Parser("embed", "", add_help=False)
    first.add_argument("--encoder", choices=ENCODERS, default="factorization")
    chosen = first.parse_known_args(argv)[0].encoder
    parser = Parser("embed", (__doc__ or "").strip())
    parser.add_argument("--dataset", default="ml-100k", help="a name or a path (%(default)s)")
    parser.add_argument(
        "--data", type=Path, default=data_folder(), help="where fetched data lie (%(default)s)"
    )
    parser.add_argument("--scale", type=_scale, metavar="LOW,HIGH", help="of a table's ratings")
    parser.add_argument(
        "--min-per-user", type=_at_least(1), default=1, help="ratings (%(default)s)"
    )
    parser.add_argument(
        "--min-per-item", type=_at_least(1), default=1, help="ratings (%(default)s)"
    )
    parser.add_argument("--encoder", choices=ENCODERS, default=chosen, help="(%(default)s)")
    parser.add_argument(
        "--seed", type=_at_least(0), default=0, help="deals out the ratings (%(default)s)"
    )
    parser.add_argument("--out", type=Path, required=True, help="folder of the catalogue")
    parser.add_argument(
        "--trained", type=Path, help="folder of the encoder, its curves and the projector"
    )
    section = parser.add_argument_group(f"--encoder {chosen}")
    for name, constant in constants(ENCODERS[chosen], set()).items():
        section.add_argument(
            f"--encoder.{name.replace('_', '-')}",
            dest=f"encoder.{name}",
            type=_reader(constant),
            default=constant.default,
            metavar=metavar(constant.annotation),
            help=f"{constant.note} (default: {write(constant.default)})".replace("%", "%%"),
        )
    return parser.parse(argv)


def _reader(constant: Constant) -> Callable[[str], Any]:
    def value(text: str) -> Any:
        try:
            return read(text, constant.annotation)
        except ValueError as error:
            raise ArgumentTypeError(str(error)) from None

    return value


def _scale(text: str) -> tuple[float, float]:
    try:
        low, high = map(float, text.split(","))
    except ValueError:
        raise ArgumentTypeError(f"expected LOW,HIGH such as 1,5, got {text!r}") from None
    if not -math.inf < low < high < math.inf:
        raise ArgumentTypeError(f"LOW must be less than HIGH, both finite, got {text!r}")
    return low, high


def _at_least(lowest: int) -> Callable[[str], int]:
    def value(text: str) -> int:
        try:
            found = int(text)
        except ValueError:
            raise ArgumentTypeError(f"expected an integer, got {text!r}") from None
        if found < lowest:
            raise ArgumentTypeError(f"must be >= {lowest}, got {found}")
        return found

    return value


if __name__ == "__main__":
    program(main, "embed")
