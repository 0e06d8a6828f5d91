"""The command that makes a catalogue."""

import subprocess
import sys

import numpy as np
import pytest

from experiments import embed
from experiments.command import BadInput
from marec_env.catalogue import Catalogue
from marec_env.embeddings import GATES, Judgement, text_models


@pytest.fixture
def ratings(tmp_path):
    rows = (f"u{n % 30},i{n * 7 % 29},{n * n % 5 + 1}" for n in range(400))
    path = tmp_path / "ratings.csv"
    path.write_text("\n".join(rows) + "\nu1,i1,many\n")
    return path


def arguments(dataset, out, *more):
    return ["--dataset", str(dataset), "--out", str(out), "--encoder.rank", "3", *more]


def test_any_table_becomes_a_catalogue(ratings, tmp_path, capsys):
    assert embed.main(arguments(ratings, tmp_path / "c")) == 0
    catalogue = Catalogue.load(tmp_path / "c")
    printed = capsys.readouterr().out
    assert (catalogue.num_users, catalogue.num_items) == (30, 29)
    assert catalogue.provenance["settings"]["rank"] == 3
    assert "1 dropped, the rating is no finite number (row 401)" in printed
    assert "the literal reward" in printed
    assert "RMSE" in printed


def test_users_with_few_ratings_can_be_left_out(ratings, tmp_path):
    ratings.write_text(ratings.read_text() + "rare,i1,3\n")
    embed.main(arguments(ratings, tmp_path / "c", "--min-per-user", "2"))
    assert "rare" not in Catalogue.load(tmp_path / "c").user_ids


def test_a_missed_gate_ends_with_1_and_nothing_is_written(ratings, tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(GATES, "ratings", Judgement(rmse=0.1, auc=0.99, spread=0.5))
    assert embed.main(arguments(ratings, tmp_path / "c")) == 1
    assert "RMSE must be at most 0.100" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["ratings.csv"]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--encoder.rank", "0"], "rank must be >= 1, got 0"),
        (["--encoder.rank", "99"], "must have more than 99 users and items"),
        (["--encoder", "magic"], "invalid choice: 'magic'"),
        (["--scale", "5,1"], "LOW must be less than HIGH"),
        (["--scale=-inf,inf"], "both finite, got '-inf,inf'"),
        (["--seed", "-1"], "must be >= 0, got -1"),
        (["--min-per-user", "-3"], "must be >= 1, got -3"),
        (["--min-per-user", "500"], "all are dropped"),
        (["--sed", "1"], "did you mean --seed"),
    ],
)
def test_bad_input_is_one_sentence_and_nothing_is_written(ratings, tmp_path, more, message):
    with pytest.raises(BadInput, match=message):
        embed.main(arguments(ratings, tmp_path / "c", *more))
    assert [path.name for path in tmp_path.iterdir()] == ["ratings.csv"]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--out", "."], r"--out \. cannot be written: \. must be new or a catalogue to replace"),
        (["--out", "ratings.csv"], "must be new or a catalogue to replace"),
        (["--out", "ratings.csv/c"], "/ratings.csv allows none: Not a directory"),
        (["--trained", "ratings.csv"], "--trained ratings.csv cannot be written: .* allows none"),
    ],
)
def test_a_place_that_cannot_be_written_is_refused_before_the_work(
    ratings, tmp_path, monkeypatch, more, message
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(embed, "load", None)
    with pytest.raises(BadInput, match=message):
        embed.main(arguments(ratings, tmp_path / "c", *more))
    assert [path.name for path in tmp_path.iterdir()] == ["ratings.csv"]


def test_it_is_said_how_many_items_have_no_text(tmp_path, monkeypatch, capsys):
    def encode(texts):
        return np.array([[len(text), text.count("e")] for text in texts])

    model = text_models.TextModel(encode, "lengths", "", {})
    monkeypatch.setattr(text_models, "opened", lambda name: model)
    titles = {n: "" if n == 7 else "reel " * (1 + n % 3) + "x" * n for n in range(29)}
    rows = (f"u{n % 30},i{n * 7 % 29},{n * n % 5 + 1},{titles[n * 7 % 29]}" for n in range(400))
    (tmp_path / "films.csv").write_text("user,item,rating,title\n" + "\n".join(rows))
    embed.main([
        "--dataset", str(tmp_path / "films.csv"), "--out", str(tmp_path / "c"), "--encoder", "text"
    ])  # fmt: skip
    assert "WARNING: nothing is written about 1 of 29 items; their" in capsys.readouterr().out


@pytest.mark.slow
def test_the_program_ends_without_a_traceback(tmp_path):
    (tmp_path / "empty.csv").touch()
    command = [sys.executable, "-m", "experiments.embed"]
    command += ["--dataset", str(tmp_path / "empty.csv"), "--out", str(tmp_path / "c")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "python -m experiments.embed: empty.csv must have at least one valid row, it is empty"
    ]


@pytest.mark.data
@pytest.mark.slow
def test_movielens_is_embedded_with_its_titles(ml_100k_folder, tmp_path, capsys):
    data = str(ml_100k_folder.parent)
    assert embed.main(["--dataset", "ml-100k", "--data", data, "--out", str(tmp_path / "c")]) == 0
    catalogue = Catalogue.load(tmp_path / "c")
    assert catalogue.titles[0] == "Toy Story (1995)"
    assert catalogue.topic_names[catalogue.topics[0]] == "Animation"
    assert "is degenerate as a reward" in capsys.readouterr().out
