"""VDN: what a team's value is made of, and whom it credits."""

import numpy as np
import torch

from agents import Sizes, Transition, View
from agents.cooperative.team import TeamExperience
from agents.cooperative.vdn import VDN
from agents.q_learning import dueling
from agents.random_world import SIZES, RandomWorld

from .worlds import NAMES, MatrixGame, mean_reward, train

SMALL = {"hidden_size": 16, "warmup": 64, "batch_size": 64, "learning_rate": 5e-3}


class Gift:
    """Each agent chooses what the other is paid: action 1 pays it 1, action 0 nothing."""

    sizes = Sizes(2, 1, 2, agent_names=NAMES)

    def __init__(self, num_envs: int = 16):
        shape = (num_envs, 2)
        self.view = View(
            observation=np.ones((*shape, 1), np.float32),
            action_mask=np.ones((*shape, 2), bool),
            alive=np.ones(shape, bool),
            start=np.ones(num_envs, bool),
        )

    def step(self, action: np.ndarray) -> Transition[np.ndarray]:
        """An episode of one step."""
        payoff = action[:, ::-1].astype(np.float32)
        cut = np.ones(action.shape, bool)
        return Transition(self.view, action, payoff, payoff, ~cut, cut, self.view)


def experience(learner: VDN, num_steps: int = 8) -> TeamExperience[torch.Tensor]:
    """Rows of a world in which agents die, as tensors."""
    world, rows = RandomWorld(), []
    for _ in range(num_steps):
        rows.append(learner._step(world.step(learner.act(world.view, explore=True))))
    return TeamExperience._make(torch.tensor(np.concatenate(x)) for x in zip(*rows, strict=True))


def test_the_value_of_a_team_is_the_sum_over_the_living():
    learner = VDN(SIZES, hidden_size=8)
    rows = experience(learner)
    assert not rows.alive.all()
    _, q, _ = learner._errors(rows)
    each = dueling(learner.q, rows.observation, rows.action_mask, rows.action)
    torch.testing.assert_close(q, (each * rows.alive.float()).sum(1))


def moved(module: torch.nn.Module) -> None:
    """Other weights, as a network that follows has."""
    rng = torch.Generator().manual_seed(7)
    for parameter in module.parameters():
        parameter.data += 0.3 * torch.randn(parameter.shape, generator=rng)


def following_values(learner: VDN, transition: Transition[np.ndarray]) -> np.ndarray:
    """Q' [B, N] of the actions that Q finds best after the step; 0 for who does not go on."""
    following = transition.next_view
    mask, seen = torch.tensor(following.action_mask), torch.tensor(following.observation)
    scores = learner.q(seen, mask).scores.masked_fill(~mask, -torch.inf)
    best = dueling(learner.target_q, seen, mask, scores.argmax(-1)).detach().numpy()
    goes_on = transition.view.alive & ~transition.terminated & ~transition.truncated
    return best * goes_on


def transitions(learner: VDN, sizes: Sizes, num_steps: int) -> list[Transition[np.ndarray]]:
    """Of a world in which agents die and episodes are cut."""
    world = RandomWorld(sizes)
    return [world.step(learner.act(world.view, explore=True)) for _ in range(num_steps)]


def test_a_target_counts_the_mean_payoff_of_all_seats_and_who_goes_on():
    learner = VDN(SIZES, hidden_size=8, discount=0.5, bootstrap_at_horizon=False)
    moved(learner.target_q)
    ends = 0
    for transition in transitions(learner, SIZES, 14):
        row = TeamExperience._make(map(torch.tensor, map(np.array, learner._step(transition))))
        _, _, target = learner._errors(row)
        expected = transition.payoff.mean(1) + 0.5 * following_values(learner, transition).sum(1)
        np.testing.assert_allclose(target.numpy(), expected, rtol=1e-5, atol=1e-6)
        ends += (transition.terminated | transition.truncated).sum()
    assert ends > 0


def test_who_is_paid_by_the_other_learns_to_give():
    team = VDN(Gift.sizes, epsilon_steps=1_000, learning_rate_steps=4_000, **SMALL)
    train(team, Gift(), 200)
    assert mean_reward(team.actor(), Gift(), 1) == 1.0
    observation, mask = torch.ones(1, 2, 1), torch.ones(1, 2, 2, dtype=torch.bool)
    keep, give = torch.zeros(1, 2, dtype=torch.int64), torch.ones(1, 2, dtype=torch.int64)
    gain = dueling(team.q, observation, mask, give) - dueling(team.q, observation, mask, keep)
    torch.testing.assert_close(gain, torch.full((1, 2), 0.5), atol=0.05, rtol=0)  # of the mean


def test_it_finds_the_best_cell_of_a_game_of_coordination():
    world = MatrixGame(np.diag([1.0, 3.0, 2.0]))
    learner = VDN(
        world.sizes, discount=0.0, epsilon_steps=2_000, learning_rate_steps=8_000, **SMALL
    )
    train(learner, world, 500)
    assert mean_reward(learner.actor(), world, 1) == 3.0
