"""Any table of user, item, rating and more."""

import numpy as np
import pytest

from marec_env.datasets import DataError, load
from tests.marec_env.datasets.invented import table, triples

ROWS = [("ann", "pen", "4"), ("bob", "pen", "2"), ("ann", "cup", "5")]
EXPECTED = [("ann", "pen", 4), ("bob", "pen", 2), ("ann", "cup", 5)]


def joined(delimiter, header=()):
    return "\n".join(delimiter.join(row) for row in [*([header] if header else []), *ROWS]) + "\n"


@pytest.mark.parametrize("delimiter", ["\t", ",", ";", "|", "::"])
def test_the_delimiter_is_found(tmp_path, delimiter):
    assert triples(table(tmp_path, joined(delimiter))) == EXPECTED


@pytest.mark.parametrize(
    "header",
    [("user", "item", "rating"), ("userId", "movieId", "rating"), ("User ID", "Item", "Stars")],
)
def test_a_header_is_recognised(tmp_path, header):
    found = table(tmp_path, joined(",", header))
    assert triples(found) == EXPECTED
    assert found.dropped == ()


def test_a_header_may_name_the_columns_in_any_order(tmp_path):
    header = "title,price,rating,item,category,user,time"
    found = table(tmp_path, f"{header}\nPen,1.5,4,p,Office|Blue,ann,7\nCup,,2,c,,ann,8\n")
    assert triples(found) == [("ann", "p", 4), ("ann", "c", 2)]
    assert found.titles == ("Pen", "Cup")
    assert found.genres == (("Office", "Blue"), ())
    assert found.prices is not None
    assert found.prices.tolist() == [1.5, 1.5]  # the median stands in
    assert found.timestamps is not None
    assert found.timestamps.tolist() == [7, 8]


def test_seven_columns_without_a_header_have_the_documented_order(tmp_path):
    found = table(tmp_path, 'ann,p,4,7,"Pen, blue",Office,1.5\nann,c,2,8,Cup,,3\n')
    assert found.titles == ("Pen, blue", "Cup")


def test_a_numeral_may_be_longer_than_python_makes_numbers_of(tmp_path):
    long = "9" * 5000
    found = table(tmp_path, f"user,item,rating\n{long},2,4\n7,010,3\n7,9,5\n")
    assert found.user_ids == ("7", long)
    assert found.item_ids == ("2", "9", "010")


def test_numeric_ids_are_ordered_by_number_and_others_as_they_come(tmp_path):
    found = table(tmp_path, "10,b,1\n9,a,2\n")
    assert found.user_ids == ("9", "10")
    assert found.item_ids == ("b", "a")


def test_a_bad_first_row_is_counted_like_any_other(tmp_path):
    found = table(tmp_path, "ann,pen,many\n" + joined(","))
    assert triples(found) == EXPECTED
    assert found.dropped[0].rows == (1,)


def test_a_stray_quote_costs_its_own_row_only(tmp_path):
    found = table(tmp_path, joined(",") + 'eve,"pen,4\n' + "dan,cup,3\n")
    assert triples(found) == [*EXPECTED, ("dan", "cup", 3)]
    assert found.dropped[0].rows == (4,)


def test_a_declared_scale_drops_what_is_outside(tmp_path):
    found = table(tmp_path, joined(","), scale=(1, 4))
    assert triples(found) == EXPECTED[:2]
    assert str(found.dropped[0]) == ("ratings.csv: 1 dropped, the rating is outside 1..4 (row 3)")


def test_only_the_first_rows_of_a_reason_are_named_all_are_counted(tmp_path):
    found = table(tmp_path, joined(",") + "eve,pen,?\n" * 12)
    assert "12 dropped, the rating is no finite number (rows 4, 5, 6, 7, 8, ...)" in found.report()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "at least one valid row, it is empty"),
        (" \n\n", "at least one valid row, it is empty"),
        ("a,b\nc,d\n", "at least 3 columns"),
        ("hello\n", "at least 3 columns"),
        ("a,b,c\nd,e,f\n", "at least one valid row; .*2 dropped, the rating is no finite number"),
        ("a,b,3,d,e\na,c,4,d,e\n", "no header and 3, 4, 6 or 7 columns"),
        ("user,item,mood\na,b,3\n", "must have columns user, item and rating"),
        ("user,item,rating\n", "at least one valid row, it is empty"),
        ("a,b,3\nc,d,3\n", "must have ratings that differ, or a declared scale; all of them are 3"),
    ],
)
def test_a_table_without_what_is_needed_is_one_sentence(tmp_path, text, message):
    with pytest.raises(DataError, match=rf"ratings\.csv .*{message}"):
        table(tmp_path, text)


def test_a_binary_file_is_one_sentence(tmp_path):
    (tmp_path / "x.csv").write_bytes(np.arange(100).tobytes())
    with pytest.raises(DataError, match=r"x\.csv must be a text file"):
        load(tmp_path / "x.csv")


def test_an_unknown_name_is_one_sentence():
    with pytest.raises(DataError, match="must be one of ml-100k or a path, got 'ml-1k'"):
        load("ml-1k")


def test_a_data_set_that_was_not_fetched_is_not_downloaded(tmp_path):
    with pytest.raises(
        DataError, match=r"must be fetched first.*marec_env\.datasets fetch ml-100k"
    ):
        load("ml-100k", folder=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_ids_that_contain_a_column_s_name_are_no_header(tmp_path):
    path = tmp_path / "r.csv"
    path.write_text("user1,item1,5\nuser2,item1,3\nuser1,item2,1\n")
    assert len(load(path).ratings) == 3
