"""TensorBoard itself shows what was written: asked by HTTP, and read in a browser's pages."""

import json
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request

import numpy as np
import pytest

from experiments.records import Record
from experiments.run import Run
from experiments.writer import Writer
from tests import chromium

RUNS = {
    "narrow": Run(agent_constants={"hidden_size": 16}).complete(),
    "wide": Run(seed=1, agent_constants={"hidden_size": 64}).complete(),
}
FINAL = {"narrow": 0.25, "wide": 0.75}


def write(folder, name):
    """A run that was stopped and resumed on the way."""
    folder.mkdir()
    for steps in ((0, 64), (128, 192)):
        with Writer(folder, RUNS[name]) as writer:
            for step in steps:
                counts = {"evaluate/argmax/actions": np.array([3, 1, 0])}
                values = {"evaluate/argmax/score": step / 256, "learner/policy_loss": 0.5}
                writer.write(Record(step, values, counts), {"time/steps_per_second": 9.0})
                writer.pictures({"evaluate/picks": np.full((20, 30, 3), step, np.uint8)}, step)
            if steps[-1] == 192:
                writer.film([np.full((20, 30, 3), grey, np.uint8) for grey in (0, 200)], 2, 192)
                writer.text("most picked items", "| item |\n|---|\n| Casablanca |")
                writer.finish(Record(192, {"evaluate/argmax/score": FINAL[name]}, {}))


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    """The address of a TensorBoard that has read two runs."""
    logdir = tmp_path_factory.mktemp("logdir")
    for name in RUNS:
        write(logdir / name, name)
    command = [sys.executable, "-m", "tensorboard.main", "--logdir", str(logdir), "--port", "0",
               "--load_fast", "false", "--reload_interval", "1", "--bind_all"]  # fmt: skip
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    port = None
    for line in process.stderr:
        if found := re.search(r"http://[^:]+:(\d+)", line):
            port = int(found[1])
            break
    assert port is not None
    address = f"http://localhost:{port}"
    deadline = time.monotonic() + 60
    while set(ask(f"{address}/data/runs")) != set(RUNS):
        assert time.monotonic() < deadline
        time.sleep(0.3)
    yield address
    process.terminate()
    process.wait(20)
    process.stderr.close()


def ask(url, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    for _ in range(40):
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{url} must answer, got {error.read().decode()}") from error
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.3)
    raise AssertionError(f"{url} must answer")


def test_a_resumed_run_is_one_curve_with_every_point_once(base):
    url = f"{base}/data/plugin/scalars/scalars?run=wide&tag=evaluate/argmax/score"
    assert [(step, value) for _, step, value in ask(url)] == [
        (step, step / 256) for step in (0, 64, 128, 192)
    ]


def test_tags_carry_their_explanations(base):
    tags = ask(f"{base}/data/plugin/scalars/tags")["narrow"]
    assert "welfare between random play" in tags["evaluate/argmax/score"]["description"]
    assert "time/steps_per_second" in tags


def test_pictures_and_histograms_are_there(base):
    assert "evaluate/picks" in ask(f"{base}/data/plugin/images/tags")["wide"]
    assert "evaluate/argmax/actions" in ask(f"{base}/data/plugin/histograms/tags")["wide"]


def test_films_are_there_as_pictures_that_move(base):
    (shown,) = ask(f"{base}/data/plugin/images/images?run=wide&tag=final/episode&sample=0")
    address = f"{base}/data/plugin/images/individualImage?{shown['query']}"
    with urllib.request.urlopen(address, timeout=20) as answer:
        assert answer.headers["Content-Type"] == "image/gif"
        assert answer.read().startswith(b"GIF89a")


def test_charts_are_grouped_and_their_patterns_match_what_is_written(base):
    layout = ask(f"{base}/data/plugin/custom_scalars/layout")
    titles = [category["title"] for category in layout["category"]]
    assert titles[:2] == ["score", "welfare"]
    assert {"fairness", "congestion", "learner", "speed"} <= set(titles)
    patterns = {
        tag
        for category in layout["category"]
        for chart in category["chart"]
        for tag in chart["multiline"]["tag"]
    }
    written = ("evaluate/argmax/score", "learner/policy_loss", "time/steps_per_second")
    assert all(any(re.match(pattern, tag) for pattern in patterns) for tag in written)


def test_hparams_hold_constants_and_final_metrics_of_both_runs(base):
    experiment = ask(f"{base}/data/plugin/hparams/experiment", {"experimentName": ""})
    names = {info["name"] for info in experiment["hparamInfos"]}
    assert {"agent", "seed", "agent.hidden_size"} <= names
    asked = {
        "experimentName": "",
        "allowedStatuses": ["STATUS_SUCCESS", "STATUS_RUNNING", "STATUS_UNKNOWN"],
        "colParams": [{"hparam": "agent.hidden_size"},
                      {"metric": {"group": "", "tag": "final/argmax/score"}}],
        "startIndex": 0,
        "sliceSize": 10,
    }  # fmt: skip
    groups = ask(f"{base}/data/plugin/hparams/session_groups", asked)["sessionGroups"]
    found = {
        group["hparams"]["agent.hidden_size"]: [m["value"] for m in group["metricValues"]]
        for group in groups
    }
    assert found[16.0] == [FINAL["narrow"]]
    assert found[64.0] == [FINAL["wide"]]


@pytest.mark.slow
@pytest.mark.skipif(chromium.find() is None, reason="there is no Chromium to read pages with")
@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("custom_scalars", ("score", "fairness", "congestion", "narrow", "wide")),
        ("hparams", ("agent.hidden_size", "score (argmax)", "0.25000", "0.75000")),
        ("images", ("evaluate/picks", "narrow", "wide")),
        ("text", ("Casablanca", "python -m experiments.train", "agent.hidden_size")),
    ],
)
def test_the_pages_show_it(page, words, base, tmp_path):
    with chromium.Chromium(tmp_path) as browser:
        browser.open(f"{base}/#{page}")
        browser.text_with(*words)
