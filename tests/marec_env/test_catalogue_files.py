"""On disk a catalogue is whole, the same, or an error of one sentence."""

import json
import shutil

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from marec_env.catalogue import Catalogue
from marec_env.ratings import Known, LowRank, Ratings

CATALOGUE = Catalogue.synthetic(num_users=4, num_items=5, embedding_size=3, num_topics=2)


@pytest.fixture
def folder(tmp_path):
    return CATALOGUE.save(tmp_path / "catalogue")


def change_arrays(folder, **changes):
    arrays = load_file(folder / "arrays.safetensors")
    save_file(arrays | changes, folder / "arrays.safetensors")


def change_texts(folder, **changes):
    texts = json.loads((folder / "catalogue.json").read_text())
    (folder / "catalogue.json").write_text(json.dumps(texts | changes))


def test_a_saved_catalogue_is_the_same_again(folder):
    found = Catalogue.load(folder)
    assert found == CATALOGUE
    np.testing.assert_array_equal(found.rating_table, CATALOGUE.rating_table)
    assert found.titles == CATALOGUE.titles


def test_everything_that_is_optional_comes_back(tmp_path):
    thin = np.ones((2, 1), np.float32)
    catalogue = Catalogue(
        user_vectors=np.eye(2),
        item_vectors=np.eye(2),
        ratings=Ratings(
            LowRank(0.5, thin[:, 0], thin[:, 0], thin, thin), Known.of([1], [0], [1.0], 2)
        ),
        prices=np.array([1.5, 2.5]),
        user_ids=("Ann", "Bob"),
        item_ids=("ä", "b"),
        provenance={"name": "x", "judged": {"rmse": 0.9}},
    )
    found = Catalogue.load(catalogue.save(tmp_path / "c"))
    assert found == catalogue
    assert found.prices is not None
    assert found.item_ids == ("ä", "b")


def test_saving_again_replaces_an_older_catalogue(folder):
    newer = Catalogue.synthetic(seed=1, num_users=2, num_items=2)
    assert Catalogue.load(newer.save(folder)) == newer
    assert [path.name for path in folder.parent.iterdir()] == ["catalogue"]


def test_saving_over_something_else_is_refused(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(ValueError, match="must be new or a catalogue to replace"):
        CATALOGUE.save(tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_a_failed_save_leaves_nothing_behind(tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError("No space left on device")

    monkeypatch.setattr("safetensors.numpy.save_file", full)
    with pytest.raises(OSError, match="No space left"):
        CATALOGUE.save(tmp_path / "catalogue")
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="must be a catalogue folder, it has no"):
        Catalogue.load(tmp_path / "nowhere")


@pytest.mark.parametrize("name", ["arrays.safetensors", "catalogue.json"])
@pytest.mark.parametrize("size", [0, 3, 400])
def test_a_truncated_file_is_refused(folder, name, size):
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[:size])
    with pytest.raises(ValueError, match=r"must be (whole|a whole)"):
        Catalogue.load(folder)


@pytest.mark.parametrize("text", ["[]", '{"format": "other-1"}', "null"])
def test_foreign_json_is_refused(folder, text):
    (folder / "catalogue.json").write_text(text)
    with pytest.raises(ValueError, match="must say format 'marec-catalogue-1'"):
        Catalogue.load(folder)


def test_json_nested_beyond_use_is_refused(folder):
    (folder / "catalogue.json").write_text("[" * 100_000)
    with pytest.raises(ValueError, match="must be whole UTF-8 JSON: maximum recursion depth"):
        Catalogue.load(folder)


def test_an_edited_number_is_noticed(folder):
    change_arrays(folder, topics=np.array([0, 0, 0, 0, 1]))
    with pytest.raises(ValueError, match="it was edited or damaged"):
        Catalogue.load(folder)


def test_an_edited_word_is_noticed(folder):
    change_texts(folder, titles=["a", "b", "c", "d", "e"])
    with pytest.raises(ValueError, match="it was edited or damaged"):
        Catalogue.load(folder)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"user_vectors": np.full((4, 3), np.nan, np.float32)}, "must be finite in float32, row 0"),
        ({"user_vectors": np.ones((4, 3), np.int32)}, "must be floats"),
        ({"item_vectors": np.ones((6, 3), np.float32)}, r"ratings must be of \[U, I\] = \(4, 6\)"),
        ({"model_table": np.full((4, 5), 7, np.float32)}, r"must lie in \[0\.05, 1\]"),
        ({"model_table": np.full(20, 0.5, np.float32)}, r"must be \[U, I\], got shape \(20,\)"),
        ({"known_indptr": np.zeros(2, np.int64)}, r"with shape \(5,\)"),
        ({"known_indices": np.zeros(0, np.float32)}, "integers, integers and floats"),
        ({"surprise": np.zeros(2)}, "must hold the parts of a catalogue"),
    ],
)
def test_impossible_arrays_are_refused(folder, changes, message):
    change_arrays(folder, **changes)
    with pytest.raises(ValueError, match=message):
        Catalogue.load(folder)


def test_a_missing_array_is_refused(folder):
    arrays = load_file(folder / "arrays.safetensors")
    del arrays["item_vectors"]
    save_file(arrays, folder / "arrays.safetensors")
    with pytest.raises(ValueError, match=r"must hold the parts of a catalogue: .*item_vectors"):
        Catalogue.load(folder)


def test_a_catalogue_can_be_moved(folder, tmp_path):
    moved = shutil.move(folder, tmp_path / "elsewhere")
    assert Catalogue.load(moved) == CATALOGUE
