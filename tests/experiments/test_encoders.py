"""Catalogues of several encoders, played by the same learners."""

import shlex
from pathlib import Path

import numpy as np
import pytest

from experiments import encoders, train
from experiments.command import BadInput
from marec_env.embeddings import Factorization, build
from marec_env.embeddings.item_knn import ItemKNN
from tests.marec_env.embeddings.worlds import two_camps

SMALL = (
    "--scenario.num-agents 3 --scenario.horizon 3 --scenario.pool-size 8 --scenario.slate-size 3"
)
TINY = "--worlds 1 --episodes 2 --steps 64 --num-envs 2 --evaluate-every 64 --evaluation-episodes 2"


@pytest.fixture(scope="module")
def catalogues(tmp_path_factory) -> list[str]:
    folder = tmp_path_factory.mktemp("catalogues")
    made = {"svd": Factorization(rank=2), "knn": ItemKNN(size=4)}
    return [
        str(build(two_camps(), encoder).catalogue.save(folder / name))
        for name, encoder in made.items()
    ]


def test_encoders_have_their_names_and_two_settings_of_one_those_of_their_folders(catalogues):
    assert list(encoders.encoders(catalogues).values()) == ["factorization", "item_knn"]
    other = Path(catalogues[0]).parent / "wide"
    build(two_camps(), Factorization(rank=3)).catalogue.save(other)
    both = encoders.encoders([catalogues[0], str(other)])
    assert list(both.values()) == ["svd", "wide"]


def test_other_data_are_one_sentence(catalogues, tmp_path):
    other = build(two_camps(num_users=30), Factorization(rank=2)).catalogue.save(tmp_path / "o")
    with pytest.raises(BadInput, match="must be of the same users and items"):
        encoders.encoders([catalogues[0], str(other)])


def test_what_is_no_catalogue_is_one_sentence(tmp_path):
    with pytest.raises(BadInput, match="cannot be read"):
        encoders.main(["--catalogues", str(tmp_path / "none")])


def test_a_table_has_means_and_intervals():
    values = {name: [1.0] for name in encoders.SHOWN} | {"score": [0.2], "gini": [0.5]}
    players = ("greedy", "ippo independent", "ippo cooperative")
    rows = encoders.markdown({("g", "e", name): values for name in players}).splitlines()
    assert rows[0] == "**g**"
    assert rows[-3:] == [
        f"| e | {who} | 0.20 | 0.20 to 0.20 | 1.000 | 1.000 | 1.000 | 0.500 |"
        for who in ("greedy", "ippo cooperative", "ippo independent")
    ]


def test_contestants_that_do_not_exist_are_one_sentence(catalogues, tmp_path):
    arguments = ["--catalogues", catalogues[0], "--runs", str(tmp_path / "r"), *TINY.split()]
    for name in ("magic:independent", "ippo", "ippo:magic"):
        with pytest.raises(BadInput, match=f"with --contestants {name}: "):
            encoders.main([*arguments, "--contestants", name])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_learners_and_greedy_play_in_every_catalogue(catalogues, tmp_path, capsys, monkeypatch):
    def in_process(runs, own):
        for run in runs.values():
            train.main([*shlex.split(run.command())[3:], "--out", str(own.runs)])

    monkeypatch.setattr(encoders, "train", in_process)  # starting a process takes seconds
    arguments = ["--catalogues", ",".join(catalogues), "--runs", str(tmp_path)]
    arguments += ["--scenarios", "basic-v0,ecommerce-v0", *SMALL.split(), *TINY.split()]
    assert encoders.main(arguments) == 0
    printed = capsys.readouterr().out
    rows = [line.split(" | ") for line in printed.splitlines() if "| ippo" in line]
    rows = [row for row in rows if len(row) == 8]
    assert len(rows) == 2 * 2 * 2
    assert np.isfinite([float(row[2]) for row in rows]).all()
    assert printed.count("| greedy |") == 2 * 2  # once in each game and catalogue
