"""Fetching is explicit, checked and all or nothing."""

import subprocess
import zipfile

import pytest

from marec_env.datasets import DataError, __main__, data_folder, download


def fake_pip(monkeypatch, make):
    """Replaces the download: `make(folder)` stands in for pip."""

    def run(command, **_):
        make(command[-2])
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(download, "_installed", lambda: None)
    monkeypatch.setattr(download.subprocess, "run", run)


def test_another_wheel_than_the_known_one_is_refused_and_nothing_is_written(tmp_path, monkeypatch):
    def make(folder):
        with zipfile.ZipFile(f"{folder}/recbole.whl", "w") as archive:
            archive.writestr("ml-100k.inter", "user_id:token\n")

    fake_pip(monkeypatch, make)
    with pytest.raises(DataError, match=r"recbole\.whl must have the sha256 9c9948202011\.\.\."):
        download.fetch_ml_100k(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_wheel_that_does_not_come_is_one_sentence(tmp_path, monkeypatch):
    fake_pip(monkeypatch, lambda folder: None)
    with pytest.raises(DataError, match=r"pip must be able to download recbole==1\.2\.1: no wheel"):
        download.fetch_ml_100k(tmp_path)


def test_files_with_another_hash_are_refused_and_nothing_is_written(tmp_path):
    with pytest.raises(DataError, match=r"ml-100k\.inter must have the sha256"):
        download._write(tmp_path / "ml-100k", dict.fromkeys(download.FILES, b"edited"))
    assert list(tmp_path.iterdir()) == []


def test_the_command_ends_with_one_sentence_and_no_traceback(tmp_path, monkeypatch, capsys):
    fake_pip(monkeypatch, lambda folder: None)
    assert __main__.main(["fetch", "ml-100k", "--folder", str(tmp_path)]) == 1
    error = capsys.readouterr().err.splitlines()[-1]
    assert error.startswith("python -m marec_env.datasets: pip must be able to download")


def test_home_is_asked_for_with_a_hash(tmp_path, monkeypatch):
    asked = {}

    def retrieve(url, known_hash, fname, path):
        asked.update(url=url, known_hash=known_hash)
        raise ValueError("SHA256 hash of downloaded file does not match")

    monkeypatch.setattr("pooch.retrieve", retrieve)
    with pytest.raises(DataError, match="must be delivered whole: SHA256 hash"):
        download.fetch_ml_100k_from_home(tmp_path)
    assert asked["known_hash"].startswith("sha256:50d2a982")


def test_the_folder_of_the_data_can_be_chosen(monkeypatch):
    monkeypatch.delenv("MAREC_DATA", raising=False)
    assert str(data_folder()) == "data"
    monkeypatch.setenv("MAREC_DATA", "/elsewhere")
    assert str(data_folder()) == "/elsewhere"


@pytest.mark.data
def test_what_is_there_is_not_fetched_again(ml_100k_folder, monkeypatch):
    monkeypatch.setattr(download.subprocess, "run", None)
    assert download.fetch_ml_100k(ml_100k_folder.parent) == ml_100k_folder


@pytest.mark.data
def test_a_damaged_file_is_fetched_again(ml_100k_folder, tmp_path, monkeypatch):
    (tmp_path / "ml-100k").mkdir()
    (tmp_path / "ml-100k" / "ml-100k.inter").write_bytes(b"half")
    monkeypatch.setattr(download, "_installed", lambda: ml_100k_folder)
    folder = download.fetch_ml_100k(tmp_path)
    assert download._is_complete(folder)
