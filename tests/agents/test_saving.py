"""A saved policy plays on; anything else is one clear sentence."""

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

import agents
from agents import AGENTS
from agents.naming import find_class
from agents.random_world import SIZES, RandomWorld
from agents.serialisation import insert_arrays, take_arrays
from tests.agents.small import SMALL

CONSTANTS: dict[str, dict[str, Any]] = {
    "random": {},
    "linucb": {"alpha": 0.3},
    "thompson": {"scale": 0.3},
    "exp3": {"gamma": 0.1},
    **SMALL,
    "iql": {**SMALL["iql"], "sharing": (0, 0, 1, 1)},
    "qmix": {**SMALL["qmix"], "mixing_size": 8},
}


@dataclass
class Torch:
    """A learner of somebody else: its state has dots, lists and numbers."""

    sizes: agents.Sizes
    seed: int = 0
    width: int = 2

    def __post_init__(self):
        self.net = nn.Sequential(nn.Linear(self.width, 2), nn.Linear(2, 2))
        self.history = [1, 2.5, "three"]

    def act(self, view, *, explore):
        return np.zeros(view.alive.shape, np.int64)

    def state_dict(self):
        return {"net": self.net.state_dict(), "history": self.history}

    def load_state_dict(self, state):
        self.net.load_state_dict({k: torch.as_tensor(v) for k, v in state["net"].items()})
        self.history = state["history"]


class Forgetful:
    def __init__(self, sizes, width=3):
        self.sizes = sizes

    def act(self, view, *, explore): ...


def trained(name):
    is_central = getattr(AGENTS[name], "is_central", False)
    sizes = SIZES._replace(state_size=5) if is_central else SIZES
    policy, world = AGENTS[name](sizes, seed=3, **CONSTANTS[name]), RandomWorld(sizes)
    for _ in range(8):
        transition = world.step(policy.act(world.view, explore=True))
        if hasattr(policy, "learn"):
            policy.learn(transition)
    return policy


@pytest.mark.parametrize("name", AGENTS)
def test_a_loaded_policy_plays_like_the_saved_one(name, tmp_path):
    policy, view = trained(name), RandomWorld(seed=9).view
    loaded = agents.load(agents.save(policy, tmp_path))
    assert type(loaded) is type(policy)
    np.testing.assert_array_equal(
        loaded.actor().act(view, explore=False), policy.actor().act(view, explore=False)
    )


def test_sizes_and_constants_come_back_with_their_types(tmp_path):
    loaded = agents.load(agents.save(trained("iql"), tmp_path))
    assert loaded.sizes == SIZES
    assert (loaded.seed, loaded.sharing, loaded.hidden_size) == (3, (0, 0, 1, 1), 8)


def test_constants_can_be_changed_while_loading(tmp_path):
    assert (
        agents.load(agents.save(trained("ippo"), tmp_path), learning_rate=0.5).learning_rate == 0.5
    )


def test_weights_that_do_not_depend_on_n_play_in_a_larger_world(tmp_path):
    small = AGENTS["ippo"](SIZES, agent_id=False, hidden_size=8)
    agents.save(small, tmp_path)
    sizes = SIZES._replace(num_agents=9, agent_names=())
    large = AGENTS["ippo"](sizes, seed=1, agent_id=False, hidden_size=8)
    agents.restore(large, tmp_path)
    view = RandomWorld(sizes).view
    part = view._replace(observation=view.observation[:, :4], action_mask=view.action_mask[:, :4])
    np.testing.assert_array_equal(
        large.act(view, explore=False)[:, :4], small.act(part, explore=False)
    )


def test_weights_of_another_shape_are_refused(tmp_path):
    agents.save(trained("ippo"), tmp_path)
    with pytest.raises(ValueError, match=r"must have shape \(1, 2, 16\), got \(1, 2, 8\)"):
        agents.restore(AGENTS["ippo"](SIZES, hidden_size=16), tmp_path)


def test_weights_of_another_network_are_refused(tmp_path):
    agents.save(trained("ippo"), tmp_path)
    with pytest.raises(ValueError, match="weights must be named"):
        agents.restore(AGENTS["ippo"](SIZES, hidden_size=8, num_layers=1), tmp_path)


def test_weights_of_another_algorithm_are_refused(tmp_path):
    agents.save(trained("ippo"), tmp_path)
    with pytest.raises(ValueError, match="must fit IQL, it has no 'q'"):
        agents.restore(trained("iql"), tmp_path)


def test_a_learner_of_somebody_else_is_saved_by_its_state_dict(tmp_path):
    policy = Torch(SIZES)
    loaded = agents.load(agents.save(policy, tmp_path), Torch)
    torch.testing.assert_close(loaded.net.state_dict(), policy.net.state_dict())
    assert loaded.history == policy.history


def test_a_class_in_a_file_is_found_by_its_reference(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(
        "class Mine:\n"
        "    def __init__(self, sizes, seed=0):\n"
        "        self.sizes, self.seed = sizes, seed\n"
        "    def act(self, view, *, explore): ...\n"
    )
    mine = find_class(f"{file}:Mine")
    loaded = agents.load(agents.save(mine(SIZES, 4), tmp_path, reference=f"{file}:Mine"))
    assert (type(loaded).__name__, loaded.seed) == ("Mine", 4)


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("nobody", "must be one of .*'ippo'.*, got 'nobody'"),
        ("os:getcwd", "must be a policy, it has no method act"),
        ("no_such_module:Class", "cannot be imported"),
        ("no_such_file.py:Class", "there is no such file"),
    ],
)
def test_a_class_that_cannot_be_found_is_named(reference, message, tmp_path):
    agents.save(trained("random"), tmp_path, reference=reference)
    with pytest.raises(ValueError, match=message):
        agents.load(tmp_path)


def test_a_policy_that_forgets_its_constants_cannot_be_saved(tmp_path):
    with pytest.raises(ValueError, match=r"Forgetful lacks \['width'\]"):
        agents.save(Forgetful(SIZES), tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_a_folder_without_a_policy_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"it has no agent\.json"):
        agents.load(tmp_path)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 1}', '{"format": 2}', "\x00"])
def test_a_foreign_description_is_refused(text, tmp_path):
    agents.save(trained("random"), tmp_path)
    (tmp_path / "agent.json").write_text(text)
    with pytest.raises(ValueError, match="is not the file of a saved policy"):
        agents.load(tmp_path)


@pytest.mark.parametrize("damage", [lambda x: x[:-9], lambda x: x[:-1] + b"!", lambda x: b""])
def test_damaged_weights_are_refused(damage, tmp_path):
    agents.save(trained("ippo"), tmp_path)
    file = tmp_path / "agent.safetensors"
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(ValueError, match="damaged or of another save"):
        agents.load(tmp_path)


def test_halves_of_two_saves_are_not_taken_for_one_policy(tmp_path):
    one, two = agents.save(trained("ippo"), tmp_path / "1"), tmp_path / "2"
    agents.save(AGENTS["ippo"](SIZES, **CONSTANTS["ippo"]), two)
    (one / "agent.json").replace(two / "agent.json")
    with pytest.raises(ValueError, match="of another save"):
        agents.load(two)


def test_a_second_save_replaces_the_first_and_leaves_nothing_else(tmp_path):
    for name in ("ippo", "iql"):
        agents.save(trained(name), tmp_path)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["agent.json", "agent.safetensors"]
    assert json.loads((tmp_path / "agent.json").read_text())["class"] == "iql"


def test_arrays_are_kept_under_dotted_keys():
    arrays = {}
    state = {"net": {"0.weight": np.ones(2), "bias": torch.zeros(1)}, "steps": 7}
    named = take_arrays(state, arrays)
    assert sorted(arrays) == ["net.0.weight", "net.bias"]
    back = insert_arrays(json.loads(json.dumps(named)), arrays)
    assert back["steps"] == 7
    np.testing.assert_array_equal(back["net"]["0.weight"], np.ones(2))


def test_keys_that_differ_only_by_a_dot_are_refused():
    with pytest.raises(ValueError, match=r"'a\.b' is there twice"):
        take_arrays({"a": {"b": np.ones(1)}, "a.b": np.ones(1)}, {})


def test_what_needs_no_torch_does_not_load_it():
    program = (
        "import sys, agents; agents.AGENTS['random'], agents.AGENTS['linucb'], list(agents.AGENTS);"
        "assert 'torch' not in sys.modules and 'marec_env' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
