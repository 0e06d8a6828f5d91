"""Vectors that were made elsewhere."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from safetensors.numpy import save_file

from marec_env.centring import centred
from marec_env.datasets import DataError
from marec_env.embeddings import build
from marec_env.embeddings.ready import READERS, Ready
from tests.marec_env.embeddings.worlds import interactions, two_camps

TOY = interactions([0, 1, 0], [0, 1, 2], [5, 1, 3], 2, 3)  # items i0, i1, i2
IDS = ["i2", "other", "i0", "i1"]
VECTORS = np.array([[0, 2], [9, 9], [1, 0], [-1, 0.5]], np.float32)
EXPECTED = VECTORS[[2, 3, 0]]


def written(path, ids, vectors):
    vectors = np.asarray(vectors)
    rows = list(zip(ids, vectors.tolist(), strict=False))
    if path.suffix == ".safetensors":
        save_file({"vectors": vectors}, path, metadata={"ids": json.dumps(ids)})
    elif path.suffix == ".npy":
        np.save(path, vectors)
    elif path.suffix == ".jsonl":
        path.write_text("".join(json.dumps({"id": i, "vector": v}) + "\n" for i, v in rows))
    elif path.suffix == ".parquet":
        pq.write_table(pa.table({"id": ids, "vector": vectors.tolist()}), path)
    else:
        by = "\t" if path.suffix == ".tsv" else ","
        path.write_text("".join(by.join(map(str, [i, *v])) + "\n" for i, v in rows))
    return path


@pytest.mark.parametrize("suffix", sorted(set(READERS) - {".npy"}))
def test_vectors_are_found_by_id_and_others_left_out(suffix, tmp_path):
    path = written(tmp_path / f"v{suffix}", IDS, VECTORS)
    vectors = Ready(file=str(path), licence="mine").fit(TOY)
    np.testing.assert_allclose(vectors.items, centred(EXPECTED))
    assert (vectors.licence, vectors.source) == ("mine", str(path))
    assert len(vectors.record["file_sha256"]) == 64


def test_an_array_is_in_the_order_of_the_items(tmp_path):
    path = written(tmp_path / "v.npy", IDS[:3], EXPECTED)
    np.testing.assert_allclose(Ready(file=str(path)).fit(TOY).items, centred(EXPECTED))


def test_a_table_may_have_a_header(tmp_path):
    (tmp_path / "v.csv").write_text("id,x,y\ni0,1,0\ni1,-1,0.5\ni2,0,2\n")
    found = Ready(file=str(tmp_path / "v.csv")).fit(TOY)
    np.testing.assert_allclose(found.items, centred(EXPECTED))


def test_a_catalogue_is_made_of_them(tmp_path):
    world = two_camps()
    camps = [[1.0, 0.1 * (n % 3)] if n % 2 else [-1.0, 0.0] for n in range(30)]
    path = written(tmp_path / "v.jsonl", list(world.item_ids), camps)
    built = build(world, Ready(file=str(path)))
    assert built.judged.rmse < built.bias_only.rmse * 0.5


@pytest.mark.parametrize(
    ("name", "ids", "vectors", "message"),
    [
        ("v.npy", IDS, VECTORS, "a vector for each of the 3 items, in their order, it holds 4"),
        (
            "v.npy",
            IDS,
            VECTORS[:, 0],
            r"must hold vectors \[items, size\] of numbers, got float32 ",
        ),
        ("v.jsonl", ["i0", "i1"], VECTORS[:2], "none for 1 of 3, the first is 'i2'"),
        ("v.jsonl", ["i0", "i0"], VECTORS[:2], "one vector an item, it holds two of 'i0'"),
        ("v.csv", IDS, VECTORS * np.nan, "must hold finite numbers, the vector of 'i0' does not"),
        ("v.safetensors", IDS[:2], VECTORS, "must hold as many ids as vectors, got 2, 4"),
    ],
)
def test_wrong_vectors_are_one_sentence(name, ids, vectors, message, tmp_path):
    written(tmp_path / name, ids, vectors)
    with pytest.raises(DataError, match=message):
        Ready(file=str(tmp_path / name)).fit(TOY)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (
            "v.csv",
            b"i0,1,2\ni1,1\ni2,1,2\n",
            "row 2 of v.csv must hold 2 numbers like the others, it",
        ),
        ("v.csv", b"i0,1,2\ni1,1,x\ni2,1,2\n", "row 2 of v.csv must hold an id and numbers"),
        ("v.csv", b"", r"must hold a vector for every item of the data, it has none for 3"),
        ("v.jsonl", b'{"id": 1}\n', "must hold ids and vectors: 'vector'"),
        ("v.jsonl", b"nothing\n", "must hold ids and vectors"),
        ("v.safetensors", b"cut", "must be a whole safetensors file"),
        ("v.parquet", b"cut", "must be a whole Parquet file"),
        ("v.npy", b"cut", "must hold ids and vectors"),
        ("v.pkl", b"x", r"must be a file that ends in one of \.safetensors, .*got .*v\.pkl"),
    ],
)
def test_a_broken_file_is_one_sentence(name, content, message, tmp_path):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=message):
        Ready(file=str(tmp_path / name)).fit(TOY)


def test_a_pickled_array_is_refused(tmp_path):
    np.save(tmp_path / "v.npy", np.array([{}, {}, {}], object), allow_pickle=True)
    with pytest.raises(DataError, match="allow_pickle=False"):
        Ready(file=str(tmp_path / "v.npy")).fit(TOY)


def test_no_file_is_one_sentence():
    with pytest.raises(DataError, match=r"must be in a file that is there, none\.csv is not"):
        Ready(file="none.csv").fit(TOY)
    with pytest.raises(DataError, match=r"ready vectors must be a file .* got ''"):
        Ready().fit(TOY)
