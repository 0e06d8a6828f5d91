"""The measuring of learners, with small sizes: it counts what is there, and nothing is timed."""

from pathlib import Path

import pytest
import torch

from experiments import speed_learners, speed_spread, speed_training, speed_updates
from experiments.build import build
from experiments.command import BadInput
from experiments.loop import Training
from experiments.run import Run
from experiments.speed_spread import Batch, Effort, Reached
from experiments.speed_updates import Update

SMALL = {"num_agents": 4, "pool_size": 16, "slate_size": 4}


def run_of(agent: str, **constants) -> Run:
    return Run(
        agent=agent,
        num_envs=8,
        threads=1,
        scenario_constants=SMALL,
        catalogue_constants={"num_items": 16},
        agent_constants={"hidden_size": 4, **constants},
    )


def heard_of(run: Run):
    built = build(run)
    heard = speed_updates.Heard(built.policy)
    training = Training(built.make_env(num_envs=run.num_envs), heard, seed=0)  # type: ignore[arg-type]
    while heard.updates < 1:
        training.advance()
    return heard


REPLAY = {"warmup": 0, "batch_size": 32, "replay_ratio": 1.0}
POLICY = {"rollout_steps": 2}
COUNTS = {  # agent-steps forwards and back, and forwards only, of a gradient step
    "iql": (REPLAY, 32, 2 * 32),
    "vdn": (REPLAY, 32, 2 * 32),
    "qmix": (REPLAY, 32, 2 * 32),
    "maddpg": (REPLAY, 3 * 32, 2 * 32),
    # a rollout has 64, and 32 follow its last step
    "ippo": ({**POLICY, "num_epochs": 3, "minibatch_size": 32}, 2 * 32, (64 + 32) / 6),
    "ia2c": (POLICY, 2 * 64, 64 + 32),
    "coma": (POLICY, 2 * 64, 64 + 32 + 32 + 2 * 64),
    "supervised": ({"epoch_period": 64, "batch_size": 32}, 32, 0),
}


@pytest.mark.parametrize("sharing", ["all", "none"])
@pytest.mark.parametrize("agent", COUNTS)
def test_the_least_is_what_the_mathematics_of_a_learner_needs(agent, sharing):
    constants, learnt, asked = COUNTS[agent]
    heard = heard_of(run_of(agent, sharing=sharing, **constants))
    assert speed_updates.agent_steps(heard.steps, learns=True) == learnt
    assert speed_updates.agent_steps(heard.steps, learns=False) == asked


def test_the_least_leaves_the_learner_alone_and_learns_what_it_learns():
    heard = heard_of(run_of("iql", **REPLAY))
    before = [p.detach().clone() for p in heard.q.parameters()]
    bare = speed_updates.Bare(heard.steps)
    assert bare.update() == len(heard.steps) > 0
    assert all(torch.equal(a, b) for a, b in zip(before, heard.q.parameters(), strict=True))
    assert not any(p.grad.any() for p in heard.target_q.parameters() if p.grad is not None)
    learnt = [call for call in bare.steps[0] if call.learns]
    assert learnt
    assert all(p.grad is not None and p.grad.any() for p in learnt[0].network.parameters())


@pytest.mark.slow
def test_an_update_and_its_least_are_measured_side_by_side():
    found = speed_updates.update(run_of("ippo", rollout_steps=2), seconds=0.001)
    assert found.ours > 0
    assert found.bare > 0


def test_shares_of_a_training_are_of_our_scenarios():
    found = speed_training.shares(run_of("ippo", rollout_steps=2), warm_up=16, steps=32)
    assert found.environment + found.acting + found.updating < 1


def test_a_batch_of_ours_has_as_many_frames_as_asked_for():
    effort = Effort(frames=50, epochs=1, minibatch_frames=25)
    found = speed_spread.ours(effort, num_batches=2)
    assert [batch.frames for batch in found] == [50, 50]
    assert all(-1000 < batch.score < -75 for batch in found)


def test_a_training_stops_at_its_goal_or_its_end():
    first = speed_spread.reach("vdn", share=0.001, goal=-1e9)
    assert first.score >= -1e9
    whole = speed_spread.reach("vdn", share=0.001, goal=0.0)
    assert first.frames < whole.frames <= 2000
    assert whole.score < 0


def test_without_its_environment_benchmarl_is_asked_for(monkeypatch):
    monkeypatch.setattr(speed_spread, "PEERS", speed_spread.ROOT / "no" / "python")
    with pytest.raises(BadInput, match="needs no/python, which make peers makes"):
        list(speed_spread.theirs(None, "vmas", 1.0, 1))


def test_what_benchmarl_says_is_read_and_its_failure_is_told(monkeypatch, tmp_path):
    said = '{"frames": 10, "welfare": -10.0, "collecting": 2.0, "learning": 1.0}'
    peer = tmp_path / "peer"
    peer.write_text(f"#!/bin/sh\necho a word\necho '{said}'\necho it broke >&2\nexit 1\n")
    peer.chmod(0o755)
    monkeypatch.setattr(speed_spread, "ROOT", tmp_path)
    monkeypatch.setattr(speed_spread, "PEERS", peer)
    found = speed_spread.theirs(None, "vmas", 1.0, 1)
    assert next(found) == Batch(10, 2.0, 1.0, score=-135.0)
    with pytest.raises(BadInput, match="BenchMARL failed: it broke"):
        next(found)
    assert speed_spread.reach_theirs(1.0) == Reached(10, 3.0, -135.0)


def test_a_part_is_written_between_its_marks(monkeypatch, tmp_path, capsys):
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- updates: measured -->\n<!-- updates: end -->\nafter\n")
    monkeypatch.setattr(speed_updates, "LEARNERS", ("iql",))
    found = Update(0.003, 0.002, 2048, 4096)
    monkeypatch.setattr(speed_updates, "update", lambda *_: found)
    assert speed_learners.main(["--parts", "updates", "--out", str(page)]) == 0
    text = page.read_text()
    row = "| `iql` | of its own | 2,048 | 4,096 | 3.00 ms | 1.50 | 3.00 ms | 1.50 |"
    assert row in text
    assert text.startswith("before")
    assert text.endswith("after\n")
    assert "one thread" in text


def test_the_page_has_a_place_for_every_part():
    text = Path(speed_learners.PAGE).read_text(encoding="utf-8")
    for part in speed_learners.PARTS:
        assert text.index(f"<!-- {part}: measured -->") < text.index(f"<!-- {part}: end -->")


def test_an_unknown_part_is_refused_in_a_sentence():
    with pytest.raises(BadInput, match=r"--parts must name some of .*, got 'colour'"):
        speed_learners.main(["--parts", "updates,colour"])
