"""Trains IPPO of BenchMARL on simple_spread; writes its times and returns as JSON, a line a batch.

    .venv-peers/bin/python -m experiments.speed_benchmarl '{"task": "pettingzoo", ...}'

It runs in an environment of its own (`make peers`) and imports nothing of ours. Keys: task
(pettingzoo or vmas), num_envs, epochs, frames of a batch and minibatch_frames, where null leaves
BenchMARL its own; relu (in place of its tanh); and when to stop: seconds of training, or batches.
Seconds are those of the processor.
"""

# pyright: reportMissingImports=false
import json
import sys
import tempfile
import time
import types
from typing import Any

import mpe2.simple_spread_v3
import torch
from benchmarl.algorithms import IppoConfig
from benchmarl.environments import PettingZooTask, VmasTask
from benchmarl.experiment import Callback, Experiment, ExperimentConfig
from benchmarl.models.mlp import MlpConfig

EPISODE = 25  # steps

# where torchrl looks for the games of PettingZoo, which mpe2 has taken over since
GAMES: Any = types.ModuleType("pettingzoo.utils.all_modules")
GAMES.all_environments = {"simple_spread_v3": mpe2.simple_spread_v3}
sys.modules[GAMES.__name__] = GAMES


class Stopwatch(Callback):
    """Says after each batch how long it was played and how long it was learnt from."""

    def __init__(self, seconds: float, batches: int):
        super().__init__()
        self.left = seconds, batches
        self.collecting, self.frames, self.welfare = 0.0, 0, 0.0
        self.mark = 0.0

    def on_batch_collected(self, batch: Any) -> None:
        """A batch was played."""
        self.collecting = self._lap()
        self.frames = batch.numel()
        # the return of an agent, where all episodes have as many steps
        (group,) = self.experiment.group_map
        self.welfare = batch["next", group, "reward"].mean().item() * EPISODE
        self.mark = time.process_time()

    def on_train_end(self, training_td: Any, group: str) -> None:
        """A batch was learnt from."""
        learning = self._lap()
        seconds, batches = self.left
        self.left = seconds, batches = seconds - self.collecting - learning, batches - 1
        said = {"collecting": self.collecting, "learning": learning}
        print(json.dumps({"frames": self.frames, "welfare": self.welfare, **said}), flush=True)
        if seconds <= 0 or batches <= 0:
            sys.exit(0)
        self.mark = time.process_time()

    def _lap(self) -> float:
        return time.process_time() - self.mark


def main(wanted: dict[str, Any], folder: str) -> None:
    """Trains as `wanted` says, and stops by itself."""
    torch.set_num_threads(1)
    if wanted["task"] == "pettingzoo":
        task = PettingZooTask.SIMPLE_SPREAD.get_from_yaml()
        task.config["max_cycles"] = EPISODE
    else:
        task = VmasTask.SIMPLE_SPREAD.get_from_yaml()
        task.config["max_steps"] = EPISODE
    config = ExperimentConfig.get_from_yaml()
    config.prefer_continuous_actions = config.evaluation = config.create_json = False
    config.loggers, config.save_folder = [], folder
    own = {
        "on_policy_collected_frames_per_batch": wanted["frames"],
        "on_policy_n_envs_per_worker": wanted["num_envs"],
        "on_policy_n_minibatch_iters": wanted["epochs"],
        "on_policy_minibatch_size": wanted["minibatch_frames"],
    }
    for name, value in own.items():
        if value is not None:
            setattr(config, name, value)
    model = MlpConfig.get_from_yaml()
    if wanted["relu"]:
        model.activation_class = torch.nn.ReLU
    stopwatch = Stopwatch(wanted["seconds"], wanted["batches"])
    experiment = Experiment(
        task=task,
        algorithm_config=IppoConfig.get_from_yaml(),
        model_config=model,
        seed=0,
        config=config,
        callbacks=[stopwatch],
    )
    stopwatch.mark = time.process_time()
    experiment.run()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        main(json.loads(sys.argv[1]), folder)
