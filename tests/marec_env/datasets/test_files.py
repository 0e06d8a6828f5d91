"""Damaged and hostile archives are refused, texts are decoded."""

import zipfile

import pytest

from marec_env.datasets import DataError, files, load
from tests.marec_env.datasets.invented import U_DATA, archive


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_a_truncated_archive_is_one_sentence(tmp_path, share):
    path = archive(tmp_path / "x.zip", {"u.data": U_DATA * 100})
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(DataError, match="must be a whole zip archive, it is not"):
        load(path)


def test_an_archive_with_a_name_that_is_no_text_is_one_sentence(tmp_path):
    path = archive(tmp_path / "x.zip", {"u.d\u00e4ta": U_DATA})  # such names are marked as UTF-8
    path.write_bytes(path.read_bytes().replace("\u00e4".encode(), b"\xc3("))
    with pytest.raises(DataError, match="must be a whole zip archive, it is not: 'utf-8' codec"):
        load(path)


def test_an_archive_with_a_damaged_member_is_one_sentence(tmp_path):
    path = archive(tmp_path / "x.zip", {"u.data": U_DATA * 100})
    content = bytearray(path.read_bytes())
    content[60] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(DataError, match="must be a whole zip archive, it is not"):
        load(path)


@pytest.mark.parametrize(
    "name", ["../u.data", "a/../../u.data", "/etc/u.data", "..\\u.data", "C:\\u.data"]
)
def test_a_path_that_leads_out_of_the_archive_is_refused(tmp_path, name):
    path = archive(tmp_path / "x.zip", {"u.data": U_DATA, name: "x"})
    with pytest.raises(DataError, match="must hold names inside itself only"):
        load(path)


def test_a_member_that_claims_to_be_huge_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "LARGEST_MEMBER", 10)
    path = archive(tmp_path / "x.zip", {"u.data": U_DATA})
    with pytest.raises(DataError, match="must have at most 10 bytes, it claims"):
        load(path)


def test_an_archive_without_ratings_is_one_sentence(tmp_path):
    path = archive(tmp_path / "x.zip", {"README": "hello"})
    with pytest.raises(DataError, match=r"must contain u\.data, it does not"):
        load(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_usual_encodings_are_understood(encoding):
    assert files.decode("Étoile\n".encode(encoding), "x") == "Étoile\n"


def test_zero_bytes_are_no_text():
    with pytest.raises(DataError, match="x must be a text file, it contains zero bytes"):
        files.decode(b"1,2,3\n\0\0", "x")


def test_rows_are_numbered_as_an_editor_does_whatever_the_line_end():
    text = (
        "a\r\n\r\nb\x85c\rd\n"  # the third line contains a character that str.splitlines splits at
    )
    assert list(files.rows_of(text)) == [(1, "a"), (3, "b\x85c"), (4, "d")]


def test_a_damaged_lzma_archive_is_one_sentence(tmp_path):
    path = tmp_path / "r.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("u.data", "".join(f"{n}\t{n * n}\t3\t{n}\n" for n in range(200)))
    whole = bytearray(path.read_bytes())
    start = whole.index(b"u.data") + len("u.data")
    whole[start + 10 : start + 20] = bytes(10)  # within the compressed rows
    path.write_bytes(whole)
    with pytest.raises(DataError, match="must be a whole zip archive"):
        load(path)
