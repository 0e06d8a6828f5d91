"""MovieLens 1M to 32M in their own layouts, in small invented files."""

import numpy as np
import pytest

from marec_env.datasets import DataError, load
from tests.marec_env.datasets.invented import archive, triples

OLD = {
    "ratings.dat": "1::10::5::978300760\n2::10::3::978302109\n1::20::1::978301968\n",
    "movies.dat": "10::Étoile: the Movie (1990)::Action|Comedy\n20::Plain (1991)::Drama\n",
    "users.dat": "1::F::1::10::48067\n2::M::56::16::70072\n",
}
NEW = {
    "ratings.csv": "userId,movieId,rating,timestamp\n1,10,0.5,1147880044\n2,10,3.5,50\n"
    "1,20,5,100\n",
    "movies.csv": 'movieId,title,genres\n10,"Usual, The (1995)",Crime|Drama\n'
    '20,"Say ""Plain"" (1991)",(no genres listed)\n30,Unseen,Drama\n',
}
STARS = {"ratings.dat": [5, 3, 1], "ratings.csv": [0.5, 3.5, 5]}


def folder(path, files):
    for name, text in files.items():
        (path / name).write_text(text, encoding="latin-1", newline="")
    return path


def test_the_old_layout_has_whole_stars_and_titles_in_latin_1(tmp_path):
    found = load(folder(tmp_path, OLD))
    assert triples(found) == [("1", "10", 5), ("2", "10", 3), ("1", "20", 1)]
    assert found.titles == ("Étoile: the Movie (1990)", "Plain (1991)")
    assert found.genres == (("Action", "Comedy"), ("Drama",))
    assert found.timestamps is not None
    assert found.timestamps.tolist() == [978300760, 978302109, 978301968]
    assert found.scale == (1, 5)
    assert found.rows.tolist() == [1, 2, 3]


def test_the_new_layout_has_half_stars_quoted_titles_and_a_header(tmp_path):
    found = load(folder(tmp_path, NEW))
    assert triples(found) == [("1", "10", 0.5), ("2", "10", 3.5), ("1", "20", 5)]
    assert found.titles == ("Usual, The (1995)", 'Say "Plain" (1991)')
    assert found.genres == (("Crime", "Drama"), ())
    assert found.scale == (0.5, 5)
    assert found.rows.tolist() == [2, 3, 4]


def test_the_old_layout_without_users_has_half_stars(tmp_path):
    files = {name: text for name, text in OLD.items() if name != "users.dat"}
    assert load(folder(tmp_path, files)).scale == (0.5, 5)


@pytest.mark.parametrize("files", [OLD, NEW])
def test_an_archive_is_read_without_unpacking(files, tmp_path):
    whole = load(folder(tmp_path, files))
    inside = {f"ml/{name}": text for name, text in files.items()}
    assert triples(load(archive(tmp_path / "ml.zip", inside))) == triples(whole)


def test_bad_rows_are_counted_and_the_good_ones_kept(tmp_path):
    bad = "3::10\n3::10::five::1\n3::10::9::1\n\n3::10::4::noon\n::10::4::1\n4::10::2::7\n"
    found = load(folder(tmp_path, OLD | {"ratings.dat": OLD["ratings.dat"] + bad}))
    assert triples(found)[3:] == [("4", "10", 2)]
    assert {(part.reason, part.count, part.rows) for part in found.dropped} == {
        ("4 fields were expected, not 2", 1, (4,)),
        ("the rating is no finite number", 1, (5,)),
        ("the rating is outside 1..5", 1, (6,)),
        ("the time is no finite number", 1, (8,)),
        ("a user or an item is missing", 1, (9,)),
    }


@pytest.mark.parametrize("files", [OLD, NEW])
def test_rows_read_one_by_one_are_what_is_read_at_once(files, tmp_path):
    at_once = load(folder(tmp_path, files))
    name = next(iter(files))
    singly = load(folder(tmp_path, {name: files[name] + "bad\n"}))
    assert [part.count for part in singly.dropped] == [1]
    assert (singly.user_ids, singly.item_ids) == (at_once.user_ids, at_once.item_ids)
    for part in ("users", "items", "ratings", "timestamps", "rows"):
        ours, theirs = getattr(singly, part), getattr(at_once, part)
        np.testing.assert_array_equal(ours, theirs)
        assert ours.dtype == theirs.dtype


def test_ids_are_in_numeric_order(tmp_path):
    text = "100::10::5::1\n9::10::4::1\n"
    assert load(folder(tmp_path, OLD | {"ratings.dat": text})).user_ids == ("9", "100")


def test_a_later_rating_of_the_same_pair_counts(tmp_path):
    found = load(
        folder(tmp_path, OLD | {"ratings.dat": OLD["ratings.dat"] + "1::10::2::999999999\n"})
    )
    assert triples(found) == [("2", "10", 3), ("1", "20", 1), ("1", "10", 2)]


def test_a_broken_item_row_costs_a_title_and_no_rating(tmp_path):
    movies = OLD["movies.dat"].replace("20::Plain (1991)::Drama", "20::Plain (1991)")
    found = load(folder(tmp_path, OLD | {"movies.dat": movies}))
    assert found.titles == ("Étoile: the Movie (1990)", "item 20")
    assert str(found.dropped[0]) == "movies.dat: 1 dropped, 3 fields were expected, not 2 (row 2)"


@pytest.mark.parametrize(("name", "text"), [("ratings.dat", ""), ("ratings.csv", "userId\n")])
def test_no_valid_row_is_one_sentence(name, text, tmp_path):
    files = (OLD if name in OLD else NEW) | {name: text}
    with pytest.raises(DataError, match=f"{name} must have at least one valid row, it is empty"):
        load(folder(tmp_path, files))
