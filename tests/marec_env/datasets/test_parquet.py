"""Tables as Parquet."""

import datetime
import subprocess
import sys

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from marec_env.datasets import DataError, load
from tests.marec_env.datasets.invented import triples


def written(folder, **columns):
    path = folder / "shop.parquet"
    pq.write_table(pa.table(columns), path)
    return path


def test_columns_are_found_by_their_usual_names(tmp_path):
    path = written(
        tmp_path,
        stars=[4.0, 1.5],
        userId=["ann", "bob"],
        movieId=["pen", "cup"],
        title=["Pen", None],
        genres=[["Office", "Blue"], []],
        price=[2.5, 1.0],
    )
    found = load(path)
    assert triples(found) == [("ann", "pen", 4), ("bob", "cup", 1.5)]
    assert found.titles == ("Pen", "item cup")
    assert found.genres == (("Office", "Blue"), ())
    assert found.prices is not None
    assert found.prices.tolist() == [2.5, 1]
    assert found.timestamps is None


def test_times_may_be_timestamps(tmp_path):
    when = [datetime.datetime(1970, 1, 1, 0, 1), datetime.datetime(1970, 1, 2)]
    found = load(written(tmp_path, user=["a", "b"], item=["x", "x"], rating=[1, 2], time=when))
    assert found.timestamps is not None
    assert found.timestamps.tolist() == [60, 86400]


def test_numbers_are_read_at_once_and_in_numeric_order(tmp_path, monkeypatch):
    monkeypatch.setattr("marec_env.datasets.rows.Rows.add", None)
    columns = {"user": [10, 9, 10], "item": [1, 1, 2], "rating": [4.0, 2.0, 5.0], "time": [3, 2, 1]}
    found = load(written(tmp_path, **columns))
    assert triples(found) == [("10", "1", 4), ("9", "1", 2), ("10", "2", 5)]
    assert found.user_ids == ("9", "10")


def test_a_bad_row_is_counted_and_the_good_ones_kept(tmp_path):
    columns = {"user": [1, None, 3], "item": [1, 1, 2], "rating": [4.0, 2.0, float("nan")]}
    found = load(written(tmp_path, **columns, time=[1, 2, 3]), scale=(1, 5))
    assert triples(found) == [("1", "1", 4)]
    assert [(part.reason, part.rows) for part in found.dropped] == [
        ("a user or an item is missing", (2,)),
        ("the rating is no finite number", (3,)),
    ]


def test_missing_columns_are_one_sentence(tmp_path):
    with pytest.raises(DataError, match="must have columns user, item and rating, it has user, x"):
        load(written(tmp_path, user=[1], x=[2]))


def test_a_damaged_file_is_one_sentence(tmp_path):
    path = written(tmp_path, user=[1], item=[2], rating=[3])
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(DataError, match="must be a whole Parquet file, it is not"):
        load(path)


def test_without_pyarrow_the_sentence_says_what_to_install(tmp_path, monkeypatch):
    path = written(tmp_path, user=[1], item=[2], rating=[3])
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(DataError, match=r"pip install marec-env\[parquet\]"):
        load(path)


def test_reading_other_tables_does_not_import_it():
    code = "import sys, marec_env.datasets; print('pyarrow' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
