"""Fitted encoders on disk."""

import json

import numpy as np
import pytest

from marec_env.datasets import DataError
from marec_env.embeddings import ENCODERS, ItemKNN, Trained
from marec_env.embeddings.trained import digest
from tests.marec_env.embeddings.worlds import cyclic

SMALL = {
    "factorization": {"rank": 4},
    "als": {"size": 8},
    "item_knn": {"size": 8, "half_life": np.inf},
    **{
        name: {"size": 8, "max_length": 6, "max_epochs": 1, "patience": 0}
        for name in ("linear_sigmoid", "sasrec", "bert4rec")
    },
}
LISTS = [["i3", "i4"], ["i9"], []]


@pytest.fixture
def folder(tmp_path):
    """A saved encoder."""
    return Trained.of(ItemKNN(size=4), cyclic(), metrics={"ndcg": 0.5}).save(tmp_path / "knn")


@pytest.mark.parametrize("name", SMALL)
def test_what_is_loaded_embeds_the_same_people_with_the_same_bits(tmp_path, name):
    saved = Trained.of(ENCODERS[name](**SMALL[name]), cyclic())
    loaded = Trained.load(saved.save(tmp_path / name))
    assert loaded.encoder == saved.encoder
    assert loaded.vectors.users.tobytes() == saved.vectors.users.tobytes()
    assert loaded.encode_users(LISTS).tobytes() == saved.encode_users(LISTS).tobytes()


def test_the_card_says_what_where_from_and_how_good(folder):
    card = json.loads((folder / "card.json").read_text())
    assert card["encoder"] == "item_knn"
    assert card["settings"] == {"size": 4, "half_life": 1.0}
    assert card["metrics"] == {"ndcg": 0.5}
    assert card["data"]["sha256"] == digest(cyclic())
    assert card["size"] == 4
    assert {"python", "numpy"} <= card["versions"].keys()
    assert card["item_ids"][:2] == ["i0", "i1"]


def test_the_hash_of_the_data_sees_a_rating_an_order_and_a_name():
    world, seen = cyclic(), digest(cyclic())
    assert digest(cyclic()) == seen
    assert digest(cyclic(seed=1)) != seen
    world.ratings[0] += 1
    assert digest(world) != seen


def test_unknown_ids_are_named(folder):
    with pytest.raises(DataError, match=r"history 0 must hold ids of the 12 items .* got 'i77'"):
        Trained.load(folder).encode_users([["i1", "i77"]])


@pytest.mark.parametrize("name", ["pytorch_model.bin", "weights.pt", "model.pkl"])
def test_pickled_weights_are_refused_with_the_reason(tmp_path, name):
    (tmp_path / name).write_bytes(b"\x80\x04.")
    with pytest.raises(DataError, match=f"it has {name}, a pickle, which could run any code"):
        Trained.load(tmp_path)


def test_a_folder_of_something_else_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"must be the folder of an encoder, it has no vectors"):
        Trained.load(tmp_path)


def test_damaged_arrays_are_found(folder):
    content = bytearray((folder / "vectors.safetensors").read_bytes())
    content[-1] ^= 1
    (folder / "vectors.safetensors").write_bytes(content)
    with pytest.raises(DataError, match=r"must have the sha256 \w{12} that card.json names"):
        Trained.load(folder)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": "other"}, "must say format 'marec-encoder-1'"),
        ({"encoder": "magic"}, "magic"),
        ({"settings": {"size": 0}}, "size must be >= 1, got 0"),
        ({"settings": {"colour": 1}}, "colour"),
    ],
)
def test_a_card_that_was_edited_is_one_sentence(folder, change, message):
    path = folder / "card.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(DataError, match=message):
        Trained.load(folder)


def test_another_encoder_is_replaced_and_anything_else_is_left_alone(folder, tmp_path):
    Trained.of(ItemKNN(size=2), cyclic()).save(folder)
    assert Trained.load(folder).vectors.size == 2
    with pytest.raises(ValueError, match="must be new or an encoder to replace"):
        Trained.of(ItemKNN(size=2), cyclic()).save(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["knn"]
