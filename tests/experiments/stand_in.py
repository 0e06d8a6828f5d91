"""Stands in for `experiments.train --resume FOLDER`: the same contract in milliseconds.

It makes a hundredth of the steps at a time and writes every one of them down, so that the last line
of metrics.jsonl is its checkpoint. `stand-in.json` beside the folders of the runs may say, by the
name of a run, what goes wrong: {"NAME": "refuses"}.
"""

import fcntl
import json
import os
import signal
import sys
import time
from pathlib import Path

PAUSE = 0.002  # seconds a step


def main(folder: Path) -> None:
    script = folder.parent / "stand-in.json"
    wrong = json.loads(script.read_text()).get(folder.name) if script.exists() else None
    if wrong == "refuses":
        print("--device 'cuda:9' cannot be used", file=sys.stderr)
        sys.exit(2)
    with (folder / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"{folder} is being trained by another process", file=sys.stderr)
            sys.exit(2)
        train(folder, wrong)


def train(folder: Path, wrong: str | None) -> None:
    run = json.loads((folder / "run.json").read_text())
    whole = run["steps"] // run["num_envs"] * run["num_envs"]
    metrics = folder / "metrics.jsonl"
    written = metrics.read_text() if metrics.exists() else ""
    kept = [line for line in written.splitlines(True) if line.endswith("\n")]
    metrics.write_text("".join(kept))
    step = json.loads(kept[-1])["step"] if kept else 0
    with metrics.open("a") as lines:
        while step < whole:
            if wrong == "dies" and 2 * step >= whole:
                os.kill(os.getpid(), signal.SIGKILL)
            step = min(whole, step + max(1, whole // 100))
            time.sleep(PAUSE)
            lines.write(json.dumps({"step": step, "values": {"seed": run["seed"]}}) + "\n")
            lines.flush()
    (folder / "agent.safetensors").write_text(f"{run['seed']}")
    (folder / ".scores").write_text("[]\n")
    (folder / ".scores").rename(folder / "scores.json")


if __name__ == "__main__":
    main(Path(sys.argv[-1]))
