"""Small invented files in the layouts the readers know."""

import zipfile
from pathlib import Path

from marec_env.datasets import Interactions, load

U_DATA = "1\t10\t5\t100\n2\t10\t3\t50\n1\t20\t1\t100\n"
U_ITEM = (
    "10|Étoile (1990)|01-Jan-1990||http://x|0|1|0|0|0|1|0|0|0|0|0|0|0|0|0|0|0|0|0\n"
    "20|Plain (1991)|01-Jan-1991||http://y|0|0|0|0|0|0|0|0|1|0|0|0|0|0|0|0|0|0|0\n"
)


def u_folder(folder: Path, data: str = U_DATA, items: str = U_ITEM) -> Path:
    (folder / "u.data").write_text(data, encoding="latin-1")
    (folder / "u.item").write_text(items, encoding="latin-1")
    return folder


def archive(path: Path, members: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, text in members.items():
            opened.writestr(name, text.encode("latin-1"))
    return path


def table(folder: Path, text: str, name: str = "ratings.csv", **options) -> Interactions:
    (folder / name).write_text(text, encoding="utf-8")
    return load(folder / name, **options)


def triples(interactions: Interactions) -> list[tuple[str, str, float]]:
    users, items = interactions.user_ids, interactions.item_ids
    rows = zip(interactions.users, interactions.items, interactions.ratings, strict=True)
    return [(users[u], items[i], float(r)) for u, i, r in rows]
