"""MovieLens in its own layout."""

import pytest

from marec_env.datasets import DataError, load, movielens
from tests.marec_env.datasets.invented import U_DATA, U_ITEM, archive, triples, u_folder


def test_a_folder_is_read_with_titles_in_latin_1_and_genres(tmp_path):
    found = load(u_folder(tmp_path))
    assert triples(found) == [("1", "10", 5), ("2", "10", 3), ("1", "20", 1)]
    assert found.titles == ("Étoile (1990)", "Plain (1991)")
    assert found.genres == (("Action", "Comedy"), ("Drama",))
    assert found.timestamps is not None
    assert found.timestamps.tolist() == [100, 50, 100]
    assert found.scale == (1, 5)


def test_a_zip_archive_is_read_without_unpacking(tmp_path):
    path = archive(tmp_path / "x.zip", {"ml-100k/u.data": U_DATA, "ml-100k/u.item": U_ITEM})
    assert load(path).titles == ("Étoile (1990)", "Plain (1991)")
    assert [p.name for p in tmp_path.iterdir()] == ["x.zip"]


def test_bad_rows_are_counted_and_the_good_ones_kept(tmp_path):
    bad = "3\t10\n3\t10\tfive\t1\n3\t10\t9\t1\n3\t10\tnan\t1\n\t10\t4\t1\n3\t10\t4\tnoon\n"
    found = load(u_folder(tmp_path, data=U_DATA + bad))
    assert len(found) == 3
    assert {(part.reason, part.count, part.rows) for part in found.dropped} == {
        ("4 fields were expected, not 2", 1, (4,)),
        ("the rating is no finite number", 2, (5, 7)),
        ("the rating is outside 1..5", 1, (6,)),
        ("a user or an item is missing", 1, (8,)),
        ("the time is no finite number", 1, (9,)),
    }


def test_a_broken_item_row_costs_a_title_and_no_rating(tmp_path):
    found = load(u_folder(tmp_path, items=U_ITEM.replace("20|Plain", "20|Pla|in")))
    assert found.titles == ("Étoile (1990)", "item 20")
    assert len(found) == 3
    assert str(found.dropped[0]) == ("u.item: 1 dropped, 24 fields were expected, not 25 (row 2)")


@pytest.fixture
def small_original(tmp_path, monkeypatch):
    """As if three ratings were all of MovieLens-100K."""
    folder = u_folder(tmp_path)
    monkeypatch.setattr(movielens, "NUM_RATINGS", 3)
    monkeypatch.setattr(movielens, "DIGEST", movielens.digest(load(folder)))
    return folder


def test_the_terms_are_printed_once(small_original, capsys):
    movielens.print_terms.cache_clear()
    load(small_original)
    load(small_original)
    assert capsys.readouterr().err.count("may not be redistributed") == 1


def test_the_original_is_known_in_another_layout_and_order(small_original):
    (small_original / "mine.csv").write_text("2,10,3,50\n1,20,1,100\n1,10,5,100\n")
    found = load(small_original / "mine.csv")
    assert (found.name, found.licence) == ("ml-100k", movielens.LICENCE)
    assert list(map(repr, found.scale)) == ["1.0", "5.0"]  # as text, in a catalogue's digest


@pytest.mark.parametrize("name", ["ml-100k.csv", "ml-100k.inter", "ml-100k"])
def test_a_name_alone_does_not_make_movielens(small_original, name, capsys):
    header = "user_id:token\titem_id:token\trating:float\n" if name.endswith("inter") else ""
    path = small_original / name
    path.write_text(header + "1\t10\t5\n2\t10\t3\n1\t20\t2\n")
    movielens.print_terms.cache_clear()
    found = load(path)
    assert (found.name, found.licence) == ("ml-100k (changed)", "as the source says")
    assert capsys.readouterr().err == ""


def test_its_layout_alone_does_not_make_movielens(tmp_path):
    found = load(u_folder(tmp_path))
    assert (found.name, found.licence) == (tmp_path.name, "as the source says")


@pytest.mark.parametrize("data", ["", "\n\n", "a\tb\tc\td\n"])
def test_no_valid_row_is_one_sentence(tmp_path, data):
    with pytest.raises(DataError, match=r"u\.data must have at least one valid row"):
        load(u_folder(tmp_path, data=data))


def test_a_folder_with_nothing_to_read_is_one_sentence(tmp_path):
    with pytest.raises(DataError, match=r"must contain u\.data, ratings .* or one \.inter file"):
        load(tmp_path)


@pytest.mark.data
def test_both_layouts_of_the_real_data_hold_the_same_ratings(ml_100k, ml_100k_folder, tmp_path):
    text = (ml_100k_folder / "ml-100k.inter").read_text(encoding="utf-8")
    (tmp_path / "u.data").write_text(text.partition("\n")[2], encoding="latin-1")
    own = load(tmp_path)
    assert triples(own) == triples(ml_100k)
    assert own.name == ml_100k.name == "ml-100k"
    assert (ml_100k.num_users, ml_100k.num_items, len(ml_100k)) == (943, 1682, 100_000)
