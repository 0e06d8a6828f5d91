"""Reads back what TensorBoard would show of a run."""

from pathlib import Path
from typing import Any

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator


def points(folder: Path) -> dict[str, list[tuple[int, Any]]]:
    """Curves, histograms, pictures: tag -> (step, value) in the order in which they are shown."""
    everything = {"scalars": 0, "histograms": 0, "images": 0, "tensors": 0}
    board = EventAccumulator(str(folder), size_guidance=everything).Reload()
    curves = {
        tag: [(event.step, event.value) for event in board.Scalars(tag)]
        for tag in board.Tags()["scalars"]
    }
    bars = {
        tag: [(event.step, event.histogram_value) for event in board.Histograms(tag)]
        for tag in board.Tags()["histograms"]
    }
    pictures = {
        tag: [(event.step, event.encoded_image_string) for event in board.Images(tag)]
        for tag in board.Tags()["images"]
    }
    return curves | bars | pictures
