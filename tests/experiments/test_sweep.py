"""A sweep ends with every run complete, whatever happened on the way, and touches nothing else."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from experiments import run_folder, sweep, sweep_faults
from experiments.command import BadInput
from experiments.driver import Job, State, drive
from experiments.executors import Ending, LocalExecutor
from experiments.lock import only_one
from experiments.run import Run
from experiments.run_folder import Status
from experiments.suites import Suite
from experiments.sweep_faults import children

ROOT = Path(__file__).parents[2]
STAND_IN = (sys.executable, str(Path(__file__).with_name("stand_in.py")))
SHORT = Run(steps=6_400, num_envs=64)


def jobs_in(out, seeds=4, **wrong):
    """Jobs of a suite, and what is to go wrong with them, by seed."""
    out.mkdir(exist_ok=True)
    runs = Suite(about="", base=SHORT, seeds=range(seeds)).runs()
    names = list(runs)
    script = {names[int(seed.removeprefix("seed"))]: what for seed, what in wrong.items()}
    (out / "stand-in.json").write_text(json.dumps(script))
    return sweep.plan(runs, out)


def swept(jobs, workers=2):
    executor = LocalExecutor(workers, STAND_IN)
    try:
        return [news.words for some in drive(jobs, executor, workers) for news in some]
    finally:
        executor.shutdown()


def trained(job):
    lines = (job.folder / "metrics.jsonl").read_text().splitlines()
    return [json.loads(line)["step"] for line in lines]


def test_every_run_is_trained_once(tmp_path):
    jobs = jobs_in(tmp_path)
    words = swept(jobs)
    assert [job.state for job in jobs] == [State.COMPLETE] * 4
    assert all(trained(job) == list(range(64, 6_401, 64)) for job in jobs)
    assert sorted(words) == ["is complete"] * 4 + ["starts"] * 4


def test_what_is_complete_is_left_alone(tmp_path):
    swept(jobs_in(tmp_path))
    before = {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*") if p.name != "stand-in.json"}
    assert swept(jobs_in(tmp_path)) == []
    after = {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*") if p.name != "stand-in.json"}
    assert before == after


def test_bad_input_is_not_repeated_and_the_others_go_on(tmp_path):
    jobs = jobs_in(tmp_path, seed1="refuses")
    words = swept(jobs)
    assert [job.state for job in jobs].count(State.COMPLETE) == 3
    assert jobs[1].state is State.FAILED
    assert jobs[1].reason == "--device 'cuda:9' cannot be used"
    assert words.count("starts") == 4


def test_a_training_that_dies_without_progress_is_given_up(tmp_path):
    jobs = jobs_in(tmp_path, seeds=1, seed0="dies")
    words = swept(jobs)
    assert jobs[0].state is State.FAILED
    assert jobs[0].reason == "was killed by SIGKILL, 10 times in a row without progress"
    assert [w for w in words if "resumes" in w] == ["resumes at step 3200"] * 9


def test_a_folder_in_which_another_process_trains_is_waited_for(tmp_path):
    jobs = jobs_in(tmp_path, seeds=1)
    run_folder.create(jobs[0].folder, jobs[0].run)
    executor = LocalExecutor(1, STAND_IN)
    steps = drive(jobs, executor, 1)
    with only_one(jobs[0].folder):
        assert next(steps) == []
        assert jobs[0].state is State.WAITING
    for _ in steps:
        pass
    executor.shutdown()
    assert jobs[0].state is State.COMPLETE


def test_two_sweeps_are_never_at_work_in_one_folder(tmp_path):
    jobs = jobs_in(tmp_path)
    with only_one(tmp_path), pytest.raises(BadInput, match="another process"):
        sweep.sweep(jobs, tmp_path, LocalExecutor(1, STAND_IN), 1)


def test_a_folder_of_another_run_is_refused_before_anything_starts(tmp_path):
    run_folder.create(tmp_path / SHORT.name, replace(SHORT, steps=128).complete())
    with pytest.raises(ValueError, match=r"must hold .*--steps 6400.*, got .*--steps 128"):
        jobs_in(tmp_path)


def test_a_run_is_created_whole(tmp_path):
    run_folder.create(tmp_path / "run", SHORT)
    assert Run.load(tmp_path / "run") == SHORT
    assert run_folder.status(tmp_path / "run") is Status.MISSING
    assert run_folder.step(tmp_path / "run") == 0
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_a_half_written_line_is_no_progress(tmp_path):
    (tmp_path / "metrics.jsonl").write_text('{"step": 64}\n{"step": 12')
    assert run_folder.step(tmp_path) == 64


SWEEPS = """
import sys
from pathlib import Path
from experiments import sweep
from experiments.executors import LocalExecutor
from tests.experiments import test_sweep
out = Path(sys.argv[1])
jobs = test_sweep.jobs_in(out)
sweep.sweep(jobs, out, LocalExecutor(2, test_sweep.STAND_IN), 2)
"""


def start(out):
    return subprocess.Popen(
        [sys.executable, "-c", SWEEPS, str(out)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )


def is_training(pid):
    try:
        return b"stand_in" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:  # it has ended in the meantime
        return False


def wait_for_children(process):
    deadline = time.monotonic() + 60
    while not (found := [pid for pid in children(process.pid) if is_training(pid)]):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return found


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="finds processes in /proc")
def test_a_killed_driver_and_a_killed_training_change_nothing(tmp_path):
    driver = start(tmp_path)
    with driver:
        os.kill(wait_for_children(driver)[0], signal.SIGKILL)
        time.sleep(0.1)
        orphans = wait_for_children(driver)
        driver.kill()
    deadline = time.monotonic() + 10
    while any(Path(f"/proc/{pid}").exists() for pid in orphans):  # they die with their driver
        assert time.monotonic() < deadline
        time.sleep(0.01)
    again = start(tmp_path)
    out, err = again.communicate(timeout=60)
    assert again.returncode == 0, err
    assert out.count("is complete") + out.count("starts") > 0
    jobs = sweep.plan(Suite(about="", base=SHORT, seeds=range(4)).runs(), tmp_path)
    assert all(trained(job) == list(range(64, 6_401, 64)) for job in jobs)
    assert all(job.state is State.COMPLETE for job in jobs)


def test_ctrl_c_ends_the_trainings_and_raises(tmp_path):
    driver = start(tmp_path)
    with driver:
        trainings = wait_for_children(driver)
        driver.send_signal(signal.SIGINT)
        out, err = driver.communicate(timeout=60)
    assert "ending the trainings under way" in out
    assert "KeyboardInterrupt" in err
    assert not any(Path(f"/proc/{pid}").exists() for pid in trainings)


def test_the_last_word_of_a_process_is_kept(tmp_path):
    run_folder.create(tmp_path / "run", SHORT)
    executor = LocalExecutor(1, (sys.executable, "-c", "print('one'); print('two'); exit(3)"))
    assert executor.submit(tmp_path / "run").result() == Ending(3, "two")
    executor.shutdown()


def test_the_reason_of_a_refusal_does_not_name_the_program(tmp_path):
    run_folder.create(tmp_path / "run", SHORT)
    refuses = "import sys; sys.exit('python -m experiments.train: --device must be here')"
    executor = LocalExecutor(1, (sys.executable, "-c", refuses))
    assert executor.submit(tmp_path / "run").result().words == "--device must be here"
    executor.shutdown()


MINI = """
from experiments.suites import TINY, Suite
from dataclasses import replace

base = replace(TINY, scenario="basic-v0", steps=1024, evaluate_every=512, checkpoint_every=128)
SUITE = Suite(about="as small as can be", base=base, seeds=range(3))
"""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc").is_dir(), reason="finds processes in /proc")
def test_a_sweep_whose_driver_and_training_were_killed_equals_one_left_alone(tmp_path, capfd):
    (tmp_path / "mini.py").write_text(MINI)
    suite, out = f"{tmp_path / 'mini.py'}:SUITE", tmp_path / "faults"
    assert sweep_faults.main([suite, "--kills", "1", "--out", str(out)]) == 0
    printed = capfd.readouterr().out
    assert "killed: 1 drivers, 1 trainings\n3 runs, 0 differences\n" in printed


def test_a_suite_by_file_and_the_list_of_them(tmp_path, monkeypatch, capsys):
    (tmp_path / "mine.py").write_text(
        "from experiments.suites import Suite\nSUITE = Suite(about='mine', seeds=range(2))\n"
    )
    monkeypatch.chdir(tmp_path)
    assert sweep.main(["mine.py:SUITE", "--dry-run"]) == 0
    assert capsys.readouterr().out.count("missing") == 2
    with pytest.raises(SystemExit):
        sweep.main(["--list"])
    assert "smoke" in capsys.readouterr().out
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["smok"], "there is no suite 'smok'; did you mean 'smoke'"),
        (["smoke", "--workers", "0"], "--workers must be >= 1, got 0"),
        (["json:dumps"], "json:dumps must be a Suite, got function"),
    ],
)
def test_bad_input_is_one_sentence(words, sentence):
    with pytest.raises(BadInput, match=sentence):
        sweep.main(words)


def test_a_job_that_is_complete_has_made_all_its_steps(tmp_path):
    run_folder.create(tmp_path / "run", SHORT)
    (tmp_path / "run" / "scores.json").write_text("[]")
    job = Job("run", tmp_path / "run", SHORT)
    assert (job.state, job.step) == (State.COMPLETE, 6_400)
