"""How long training took and how fast it is: by the clock, so no part of what a Run decides."""

from .tags import CLOCK


class Clock:
    """Adds up the seconds of training, evaluations left out."""

    def __init__(self, state: dict[str, float] | None = None):
        """Goes on from what `state_dict` gave, or begins."""
        self._seconds = state["seconds"] if state else 0.0
        self._last = state["last"] if state else 0.0  # seconds at the last reading
        self._step = state["step"] if state else 0  # environment steps at the last reading

    def add(self, seconds: float) -> None:
        """Training took so long."""
        self._seconds += seconds

    def read(self, step: int) -> dict[str, float]:
        """Tags and values after `step` environment steps, the speed being that since the last."""
        speed = (step - self._step) / max(self._seconds - self._last, 1e-9)
        self._last, self._step = self._seconds, step
        return {f"{CLOCK}steps_per_second": speed, f"{CLOCK}seconds": self._seconds}

    def state_dict(self) -> dict[str, float]:
        """What a later clock goes on from."""
        return {"seconds": self._seconds, "last": self._last, "step": self._step}
