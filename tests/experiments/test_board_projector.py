"""The files of TensorBoard's embedding projector, read back by its own parser."""

import numpy as np
import pytest
from google.protobuf import text_format
from tensorboard.backend.event_processing.data_provider import MultiplexerDataProvider
from tensorboard.backend.event_processing.plugin_event_multiplexer import EventMultiplexer
from tensorboard.plugins.base_plugin import TBContext
from tensorboard.plugins.projector import projector_config_pb2
from tensorboard.plugins.projector.projector_plugin import ProjectorPlugin
from werkzeug.test import Client

from experiments import board_projector
from experiments.board_projector import Points


def test_the_projector_finds_vectors_and_labels(tmp_path):
    vectors = np.array([[0.5, -1.0], [2.0, 1e-7]], np.float32)
    labels = {"title": ["Heat\t(1995)", ""], "genres": ["Action, Crime", "Drama"]}
    board_projector.write(tmp_path / "p", {"items": Points(vectors, labels)})
    config = projector_config_pb2.ProjectorConfig()  # type: ignore[attr-defined] - generated
    text_format.Parse((tmp_path / "p" / "projector_config.pbtxt").read_text(), config)
    (found,) = config.embeddings
    assert (found.tensor_name, list(found.tensor_shape)) == ("items", [2, 2])
    np.testing.assert_allclose(np.loadtxt(tmp_path / "p" / found.tensor_path), vectors, rtol=1e-5)
    assert (tmp_path / "p" / found.metadata_path).read_text() == (
        "title\tgenres\nHeat (1995)\tAction, Crime\n-\tDrama\n"
    )


def test_tensorboard_serves_it_from_a_folder_above(tmp_path):
    for _ in range(2):  # written twice, it is there once
        board_projector.write(tmp_path / "a" / "b", {"users": Points(np.eye(2), {"id": "uv"})})
    multiplexer = EventMultiplexer().AddRunsFromDirectory(str(tmp_path)).Reload()
    provider = MultiplexerDataProvider(multiplexer, str(tmp_path))
    plugin = ProjectorPlugin(TBContext(logdir=str(tmp_path), data_provider=provider))
    serve = Client(plugin.get_plugin_apps()["/runs"])
    assert serve.get("/").json == ["a/b"]
    assert len(list((tmp_path / "a" / "b").glob("events*"))) == 1


def test_a_single_label_has_no_header(tmp_path):
    board_projector.write(tmp_path, {"users": Points(np.eye(2), {"id": ["a", "b"]})})
    assert (tmp_path / "users-labels.tsv").read_text() == "a\nb\n"


def test_a_label_is_needed_for_every_vector(tmp_path):
    with pytest.raises(ValueError, match="items must have a id for each of its 2 vectors, got 1"):
        board_projector.write(tmp_path, {"items": Points(np.eye(2), {"id": ["a"]})})
    assert list(tmp_path.iterdir()) == []
