"""Atomic files."""

import pytest

from marec_env.datasets import DataError, load
from tests.marec_env.datasets.invented import triples

INTER = "user_id:token\titem_id:token\trating:float\ttimestamp:float\na\tx\t4\t2\nb\ty\t1.5\t1\n"
ITEM = "item_id:token\tmovie_title:token_seq\trelease_year:token\tclass:token_seq\n"


def atomic(folder, inter=INTER, item=ITEM + "x\tSea\t1990\tDrama War\ny\tSky\t\tDrama\n"):
    (folder / "toy.inter").write_text(inter, encoding="utf-8")
    (folder / "toy.item").write_text(item, encoding="utf-8")
    return folder


def test_a_folder_is_read_with_titles_years_and_genres(tmp_path):
    found = load(atomic(tmp_path))
    assert triples(found) == [("a", "x", 4), ("b", "y", 1.5)]
    assert found.titles == ("Sea (1990)", "Sky")
    assert found.genres == (("Drama", "War"), ("Drama",))
    assert found.name == "toy"


def test_the_inter_file_itself_may_be_named(tmp_path):
    assert len(load(atomic(tmp_path) / "toy.inter")) == 2


def test_columns_may_stand_in_any_order(tmp_path):
    inter = "rating:float\titem_id:token\tother:float\tuser_id:token\n2\tx\t9\ta\n3\tx\t9\tb\n"
    assert triples(load(atomic(tmp_path, inter=inter))) == [("a", "x", 2), ("b", "x", 3)]


def test_a_row_of_another_length_is_counted(tmp_path):
    found = load(atomic(tmp_path, inter=INTER + "c\tz\n"))
    assert str(found.dropped[0]) == ("toy.inter: 1 dropped, 4 fields were expected, not 2 (row 4)")


@pytest.mark.parametrize(
    ("inter", "message"),
    [
        ("", "must begin with a header of name:type columns, got ''"),
        ("1\t2\t3\n", "must begin with a header"),
        ("user_id:token\titem_id:token\n1\t2\n", "must have a column rating"),
        (INTER.splitlines()[0], "at least one valid row, it is empty"),
    ],
)
def test_a_file_without_what_is_needed_is_one_sentence(tmp_path, inter, message):
    with pytest.raises(DataError, match=rf"toy\.inter .*{message}"):
        load(atomic(tmp_path, inter=inter))


def test_two_inter_files_are_ambiguous(tmp_path):
    atomic(tmp_path)
    (tmp_path / "other.inter").write_text(INTER)
    with pytest.raises(DataError, match=r"must contain one \.inter file, it contains 2"):
        load(tmp_path)


@pytest.mark.data
def test_the_real_data_have_titles_with_years_and_genres(ml_100k):
    assert ml_100k.titles[:2] == ("Toy Story (1995)", "GoldenEye (1995)")
    assert ml_100k.genres[0] == ("Animation", "Children's", "Comedy")
    assert ml_100k.dropped == ()
