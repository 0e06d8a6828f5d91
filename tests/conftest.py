"""MovieLens-100K for the tests that need real data, fetched once and never part of the project.

Hypothesis tries the same examples every time, however slow the machine: no test needs luck.
"""

from pathlib import Path

import pytest
from hypothesis import settings

from marec_env import Catalogue
from marec_env.datasets import Interactions, data_folder, load
from marec_env.datasets.download import fetch_ml_100k
from marec_env.embeddings import Factorization, build

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")


@pytest.fixture(scope="session")
def ml_100k_folder() -> Path:
    """The folder with the atomic files, as `make data` leaves it."""
    return fetch_ml_100k(data_folder().resolve())


@pytest.fixture(scope="session")
def ml_100k(ml_100k_folder: Path) -> Interactions:
    """All of MovieLens-100K."""
    return load(ml_100k_folder)


@pytest.fixture(scope="session")
def ml_100k_catalogue(ml_100k: Interactions) -> Catalogue:
    """What `python -m experiments.embed --dataset ml-100k` stores; built in three seconds."""
    return build(ml_100k, Factorization()).catalogue
