"""The program that judges encoders by what comes next."""

import json

import pytest

from experiments import ranking
from experiments.command import BadInput
from experiments.ranking import BEGIN, END, Row, interval, table


@pytest.fixture
def events(tmp_path):
    """Everybody takes the items in turn."""
    path = tmp_path / "events.csv"
    rows = [f"u{u},i{(u + n) % 9},{1 + n % 5},{n}" for u in range(30) for n in range(3 + u % 5)]
    path.write_text("user,item,rating,timestamp\n" + "\n".join(rows) + "\n")
    return path


def arguments(events, *more):
    results = str(events.parent / "results")
    return ["--dataset", str(events), "--results", results, *more]


def test_intervals_are_those_of_student():
    assert interval([0.1, 0.2]) == "0.1500 [-0.4853, 0.7853]"
    assert interval([0.1, 0.2, 0.3, 0.4, 0.5]) == "0.3000 [0.1037, 0.4963]"
    assert interval([0.25]) == "0.2500"


def test_a_row_says_how_many_seeds_there_were():
    als = Row("als", [0.1, 0.2], [0.05, 0.05], 0.01, 8, {"half_life": 5.0, "regularization": 30})
    lines = table([als, Row("item_knn", [1], [1], 0, 4, {})])
    assert lines[2].startswith("| `als` | half_life 5, regularization 30 | 8 | 2 | 0.1500 [")
    assert lines[3] == "| `item_knn` |  | 4 | none | 1.0000 | 1.0000 | 0.0000 |"


def test_encoders_are_ranked_and_remembered(events, capsys, monkeypatch):
    more = ("--encoders", "popularity,als,item_knn", "--seeds", "3,4")
    assert ranking.main(arguments(events, *more)) == 0
    first = capsys.readouterr().out
    kept = sorted(path.name for path in (events.parent / "results").iterdir())
    chosen = ["als-chosen.json", "item_knn-chosen.json"]
    assert kept == sorted(["als-3.json", "als-4.json", "item_knn-3.json", *chosen])
    for name in ("judge", "choose"):  # nothing is computed again
        monkeypatch.setattr(f"marec_env.embeddings.ranking.{name}", None)
    ranking.main(arguments(events, *more))
    assert capsys.readouterr().out == first


def test_what_other_settings_reached_is_not_believed(events, capsys):
    more = ("--encoders", "item_knn", "--seeds", "0")
    ranking.main(arguments(events, *more))
    first = capsys.readouterr().out
    path = events.parent / "results" / "item_knn-0.json"
    kept = json.loads(path.read_text())
    kept["about"]["settings"]["half_life"] = 7.0
    kept["judged"]["hits"] = -1.0
    path.write_text(json.dumps(kept))
    ranking.main(arguments(events, *more))
    assert capsys.readouterr().out == first


def test_settings_are_chosen_by_validation_and_told(events, capsys, monkeypatch):
    def last(encoders, interactions):
        return len(encoders) - 1

    monkeypatch.setattr("marec_env.embeddings.ranking.choose", last)
    ranking.main(arguments(events, "--encoders", "item_knn"))
    assert "| size 512, half_life 5 |" in capsys.readouterr().out
    kept = json.loads((events.parent / "results" / "item_knn-0.json").read_text())
    assert kept["about"]["settings"] == {"size": 512, "half_life": 5.0}


def test_an_encoder_of_texts_is_told_its_model_by_a_dot(events, monkeypatch):
    found = []

    def first(encoders, interactions):
        found.extend(encoders)
        raise BadInput("seen enough")

    monkeypatch.setattr("marec_env.embeddings.ranking.choose", first)
    with pytest.raises(BadInput, match="seen enough"):
        ranking.main(arguments(events, "--encoders", "text.minilm"))
    assert {watched.encoder.model for watched in found} == {"minilm"}


def test_patience_is_for_those_who_have_it(events):
    more = ("--encoders", "item_knn,linear_sigmoid", "--seeds", "0", "--patience", "0")
    ranking.main(arguments(events, *more))
    kept = (events.parent / "results" / "linear_sigmoid-0.json").read_text()
    assert json.loads(kept)["about"]["settings"]["patience"] == 0


def test_what_is_known_can_be_shown_without_a_training(events, capsys, monkeypatch):
    ranking.main(arguments(events, "--encoders", "als", "--seeds", "3"))
    capsys.readouterr()
    monkeypatch.setattr("marec_env.embeddings.ranking.judge", None)
    ranking.main(arguments(events, "--encoders", "als", "--seeds", "2,3,4", "--known"))
    assert capsys.readouterr().out.splitlines()[2].split("|")[4].strip() == "1"
    with pytest.raises(BadInput, match=r"--known: --results .* must have a result of bert4rec"):
        ranking.main(arguments(events, "--encoders", "bert4rec", "--known"))


def test_the_table_of_a_page_is_replaced_and_nothing_else(events, capsys):
    page = events.parent / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    ranking.main(arguments(events, "--encoders", "popularity", "--page", str(page)))
    printed = capsys.readouterr().out
    assert page.read_text() == f"before\n{BEGIN}\n\n{printed}\n{END}\nafter\n"


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--encoders", "magic"], "must be some of popularity, .*, got 'magic'"),
        (["--encoders", "als.minilm"], "must be some of popularity, .*, got 'als.minilm'"),
        (["--seeds", "1,x"], "expected numbers separated by commas, got '1,x'"),
        (["--encoders", "popularity", "--page", "nowhere.md"], "must hold the marks <!-- ranked"),
    ],
)
def test_bad_input_is_one_sentence(events, more, message):
    with pytest.raises(BadInput, match=message):
        ranking.main(arguments(events, *more))


def test_results_without_a_folder_are_refused_before_the_work(events, monkeypatch):
    monkeypatch.setattr(ranking, "load", None)
    with pytest.raises(BadInput, match=r"--results .* must be a folder to write in: File exists"):
        ranking.main(["--dataset", str(events), "--results", str(events)])


def test_without_times_there_is_no_last_item(events):
    events.write_text("user,item,rating\na,x,1\na,y,2\na,z,3\n")
    with pytest.raises(BadInput, match="must have timestamps to be split by time, it has none"):
        ranking.main(arguments(events, "--encoders", "popularity"))
