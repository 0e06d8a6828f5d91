"""The view of a sweep names what runs, what failed and how long the rest will take."""

import io

import pytest
from rich.console import Console

from experiments.driver import Job, News, State
from experiments.suites import Suite
from experiments.sweep_view import View, clock


@pytest.mark.parametrize("is_terminal", [True, False])
def test_the_view_names_what_runs_what_failed_and_what_is_left(is_terminal, tmp_path):
    runs = Suite(about="", seeds=range(2)).runs()
    jobs = [Job(name, tmp_path / name, run) for name, run in runs.items()]
    out = io.StringIO()
    console = Console(file=out, force_terminal=is_terminal, width=120, highlight=False)
    with View(jobs, console) as view:
        jobs[0].state = State.RUNNING
        view.show([News(jobs[0], "starts")])
        jobs[1].state, jobs[1].reason = State.FAILED, "no"
        view.show([News(jobs[1], "failed: no")])
    text = out.getvalue()
    assert f"[0/2] {jobs[1].name} failed: no" in text
    assert ("1 running" in text) == is_terminal
    assert ("time left" in text) is True


@pytest.mark.parametrize(("seconds", "shown"), [(None, "-:--:--"), (100.4, "0:01:40")])
def test_a_time_reads_like_a_clock(seconds, shown):
    assert clock(seconds) == shown
