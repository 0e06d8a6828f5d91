"""What a sweep looks like: a line for everything that happens, and below them a live table.

    [7/24] basic-v0-cooperative-ippo-seed1 is complete

The table needs a terminal. Elsewhere there are the lines alone, more of them, and at their ends the

    time left = steps to do / steps a second, over the whole time since the sweep began
"""

import time
from collections.abc import Sequence
from datetime import timedelta
from types import TracebackType
from typing import NamedTuple

from rich import box
from rich.console import Console
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table

from .driver import Job, News, State

STYLES = {State.COMPLETE: "green", State.FAILED: "bold red"}
BESIDE = 65  # columns of the table beside the names


class Moment(NamedTuple):
    """How many steps were done, and when."""

    step: int
    time: float

    def rate(self, step: int) -> float:
        """Steps a second from here to `step` now."""
        return (step - self.step) / max(time.monotonic() - self.time, 1e-9)


class View:
    """Shows a sweep while it is entered."""

    def __init__(self, jobs: Sequence[Job], console: Console | None = None):
        self._jobs = jobs
        self._console = console or Console(highlight=False)
        self._live = Live(console=self._console, auto_refresh=False, transient=True)
        self._steps = {job.name: job.step for job in jobs}
        self._first: dict[str, Moment] = {}  # the first steps of the trainings under way
        self._begin = Moment(0, time.monotonic())
        self._made = 0  # steps since then; what a death has lost and is made again counts twice

    def __enter__(self) -> "View":
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._live.stop()

    def show(self, news: Sequence[News]) -> None:
        """Prints the news, and brings the table up to date."""
        changed = {job for job, _ in news}
        for job in self._jobs:
            if job.state is State.RUNNING or job in changed:
                self._look_at(job)
        for job, words in news:
            line = f"[{self._count(State.COMPLETE)}/{len(self._jobs)}] {job.name} {words}"
            if not self._console.is_terminal:
                line += f" (time left {clock(self.left())})"
            elif job.state is State.RUNNING:  # which the table shows
                continue
            style = STYLES.get(job.state)
            self._console.print(line, style=style, markup=False, soft_wrap=True)
        if self._console.is_terminal:
            self._live.update(self._table(), refresh=True)

    def left(self) -> float | None:
        """Seconds until everything is done, if it goes on as it went so far."""
        rate = self._begin.rate(self._made)
        return self._to_do() / rate if rate else None

    def _look_at(self, job: Job) -> None:
        step, before = job.step, self._steps[job.name]
        self._steps[job.name] = step
        self._made += max(0, step - before)
        if job.state is not State.RUNNING:
            self._first.pop(job.name, None)
        elif step > before:
            self._first.setdefault(job.name, Moment(step, time.monotonic()))

    def _to_do(self) -> int:
        unfinished = (job for job in self._jobs if job.state in (State.WAITING, State.RUNNING))
        return sum(job.whole - self._steps[job.name] for job in unfinished)

    def _count(self, state: State) -> int:
        return sum(job.state is state for job in self._jobs)

    def _table(self) -> Table:
        counts = (f"{self._count(state)} {state.value}" for state in State)
        table = Table(box=box.SIMPLE_HEAD, show_footer=True, pad_edge=False, collapse_padding=True)
        table.caption, table.caption_justify = ", ".join(counts), "left"
        whole, done = sum(job.whole for job in self._jobs), sum(self._steps.values())
        rate = self._begin.rate(self._made)
        foot = [f"all {len(self._jobs)}", *_cells(whole, done, f"{rate:,.0f}", self.left())]
        longest = max(len(job.name) for job in self._jobs)  # so that the table keeps its width
        room = max(1, self._console.width - BESIDE)
        table.add_column("run", foot[0], min_width=min(longest, room), overflow="fold")
        table.add_column("", foot[1])
        for title, footer in zip(("steps", "a second", "time left"), foot[2:], strict=True):
            table.add_column(title, footer, justify="right", no_wrap=True)
        for job in self._jobs:
            if job.state is State.RUNNING:
                table.add_row(job.name, *self._row(job))
        return table

    def _row(self, job: Job) -> list[ProgressBar | str]:
        step, first = self._steps[job.name], self._first.get(job.name)
        rate = first.rate(step) if first else 0.0
        doing = "scores" if step >= job.whole else f"{rate:,.0f}" if rate else "starts"
        return _cells(job.whole, step, doing, (job.whole - step) / rate if rate else None)


def clock(seconds: float | None) -> str:
    """0:01:40, or what stands for a time that is not known yet."""
    return "-:--:--" if seconds is None else str(timedelta(seconds=round(seconds)))


def _cells(whole: int, step: int, speed: str, left: float | None) -> list[ProgressBar | str]:
    return [ProgressBar(whole, step, width=12), f"{step:,} / {whole:,}", speed, clock(left)]
