"""The course of a run: an evaluation, training with evaluations on the way, an evaluation.

A Course goes on by one step or one evaluation at a time, so that between any two of them it can be
kept and taken up again; what comes after does not depend on that.
"""

import math
from typing import Any

from . import divergence
from .loop import Training
from .records import Averager, Record
from .scores import WAYS, Examiner


class Course:
    """What is done next, and how far the run has come."""

    def __init__(self, examiner: Examiner):
        built, run = examiner.built, examiner.built.run
        self.learner: Any = built.policy if hasattr(built.policy, "learn") else None
        self.best: tuple[int, float] | None = None  # step and welfare of the best evaluation
        self._examiner = examiner
        self._averager = Averager(run.log_every)
        self._evaluated: int | None = None  # the step of the last evaluation
        self._training = None
        if self.learner is not None:
            env = built.make_env(num_envs=run.num_envs)
            self._training = Training(env, self.learner, run.training_seed)

    @property
    def step(self) -> int:
        """Environment steps so far, summed over the copies."""
        return self._training.step if self._training else 0

    @property
    def is_over(self) -> bool:
        """Whether everything is trained and evaluated."""
        return self._is_trained and self._evaluated == self.step

    @property
    def is_training(self) -> bool:
        """Whether a step of the training is next, no evaluation."""
        return not self.is_over and not self._is_evaluation_due

    @property
    def is_best(self) -> bool:
        """Whether the evaluation of this step is the best one so far."""
        return self.best is not None and self.best[0] == self.step == self._evaluated

    def advance(self) -> Record | None:
        """The next evaluation or the next step; what there is to be written of it.

        Raises:
            Diverged: if the learner's numbers are no longer finite.
        """
        with divergence.blamed(self.learner):
            if self._is_evaluation_due:
                return self._evaluate()
            assert self._training is not None
            record = self._averager.add(self._training.advance())
        return self._averager.flush() or record if self._is_trained else record

    def state_dict(self) -> dict[str, Any]:
        """Everything that decides the future; only learners have one."""
        assert self._training is not None
        return {
            "evaluated": self._evaluated,
            "best": self.best,
            "window": self._averager.state_dict(),
            "training": self._training.state_dict(),
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """The exact inverse of `state_dict`; raises ValueError where the state does not fit."""
        assert self._training is not None
        self._training.load_state_dict(state["training"])
        self._averager.load_state_dict(state["window"])
        self._evaluated = state["evaluated"]
        self.best = None if state["best"] is None else tuple(state["best"])

    @property
    def _is_trained(self) -> bool:
        run = self._examiner.built.run
        return self._training is None or self.step + run.num_envs > run.steps

    @property
    def _is_evaluation_due(self) -> bool:
        """Before training, after each `evaluate_every` steps, and after training."""
        every = self._examiner.built.run.evaluate_every
        if self._evaluated is None or self._is_trained:
            return self._evaluated != self.step
        return self.step // every > self._evaluated // every

    def _evaluate(self) -> Record:
        record = self._examiner.record(self.step)
        if self._examiner.held_out is not None:
            apart = self._examiner.held_out.record(self.step)
            record = Record(self.step, record.values | apart.values, record.counts | apart.counts)
        welfare = max(record.values[f"evaluate/{way}/welfare"] for way in WAYS)
        if self.best is None or welfare > self.best[1]:
            self.best = self.step, welfare
        self._evaluated = self.step
        return record


def summary(record: Record) -> str:
    """An evaluation in a few words: the score where there is one, else the welfare."""
    by_name = {
        name: [record.values[f"evaluate/{way}/{name}"] for way in WAYS]
        for name in ("score", "welfare")
    }
    name = "welfare" if math.isnan(by_name["score"][0]) else "score"
    numbers = (f"{value:.3f} {way}" for value, way in zip(by_name[name], WAYS, strict=True))
    return f"{name} {', '.join(numbers)}"
