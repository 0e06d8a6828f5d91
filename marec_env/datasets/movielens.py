"""MovieLens-100K in its own layout: `u.data`, `u.item`, `u.user`, Latin-1, as a folder or zip.

It is known by its ratings, in whatever layout they come, and never by the name of a file: another
file of that name, or one in that layout, is not under its licence.

Source: Harper and Konstan (2015), "The MovieLens datasets: history and context". Research use with
acknowledgement; no redistribution and no commercial use, so none of it is part of this project.
"""

import functools
import hashlib
import sys
from dataclasses import replace
from pathlib import Path

from .files import read_files, rows_of
from .interactions import Interactions
from .rows import Item, Notes, Rows

NAME = "ml-100k"
NUM_RATINGS = 100_000
DIGEST = "d401f30e3fd0d446b9bd2d970422147dd0f327be2e7196acb5ce9ef4f94ecbb2"  # see digest
SCALE = (1.0, 5.0)  # whole stars
SOURCE = "MovieLens-100K, GroupLens, University of Minnesota"
LICENCE = "research use with acknowledgement; no redistribution, no commercial use"
TERMS = (
    "MovieLens-100K (GroupLens, University of Minnesota) may be used for research with "
    "acknowledgement (Harper and Konstan 2015); it may not be redistributed or used commercially."
)
GENRES = (
    *("unknown", "Action", "Adventure", "Animation", "Children's", "Comedy", "Crime"),
    *("Documentary", "Drama", "Fantasy", "Film-Noir", "Horror", "Musical", "Mystery"),
    *("Romance", "Sci-Fi", "Thriller", "War", "Western"),
)  # in the order of the flags of u.item


@functools.cache
def print_terms() -> None:
    """Once a process, on the error stream."""
    print(TERMS, file=sys.stderr)


def labelled(found: Interactions) -> Interactions:
    """With name, source, licence and scale if it is MovieLens-100K; nothing else has that name."""
    if len(found) == NUM_RATINGS and digest(found) == DIGEST:
        print_terms()
        return replace(found, name=NAME, source=SOURCE, licence=LICENCE, scale=SCALE)
    return replace(found, name=f"{NAME} (changed)") if found.name == NAME else found


def digest(found: Interactions) -> str:
    """SHA-256 of who rated what how high, in whatever order."""
    rows = zip(found.users, found.items, found.ratings.tolist(), strict=True)
    lines = sorted(f"{found.user_ids[u]}\t{found.item_ids[i]}\t{rating}\n" for u, i, rating in rows)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def load(path: Path) -> Interactions:
    """Reads a folder or zip archive.

    Raises:
        DataError: if u.data is missing or has no valid row, or the archive is damaged.
    """
    found = read_files(path, {"u.data": True, "u.item": False})
    about, notes = _items(found.get("u.item", b"").decode("latin-1"))
    rows = Rows("u.data", SCALE)
    lines = rows_of(found["u.data"].decode("latin-1"))
    rows.add_all((number, line.split("\t")) for number, line in lines)
    return rows.finish_file(path, has_times=True, about=about, notes=notes.dropped())


def _items(text: str) -> tuple[dict[str, Item], Notes]:
    """u.item: id | title | release date | video date | address | one flag a genre."""
    about: dict[str, Item] = {}
    notes = Notes("u.item")
    for number, line in rows_of(text):
        fields = line.split("|")
        if len(fields) != 5 + len(GENRES):
            notes.add(f"{5 + len(GENRES)} fields were expected, not {len(fields)}", number)
            continue
        flags = zip(GENRES, fields[5:], strict=True)
        about[fields[0]] = Item(fields[1].strip(), tuple(g for g, flag in flags if flag == "1"))
    return about, notes
