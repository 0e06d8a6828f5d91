"""Small random feeds, and the brute force that plans for them are measured against."""

import numpy as np

from marec_env.reference.labels import Habits
from marec_env.stages import AttentionStage


def random_habits(seed: int, *, leaves: bool) -> Habits:
    """Readers that tire, and may leave."""
    rng = np.random.default_rng(seed)
    return Habits(
        gamma_s=float(rng.choice([0.3, 0.6, 0.9])),
        kappa=float(rng.choice([0.0, 0.3, 0.8])),
        threshold=float(rng.choice([0.3, 0.6])) if leaves else 0.0,
        temper=float(rng.choice([0.4, 0.9])),
        recovery=float(rng.choice([0.0, 0.2])),
    )


def random_feed(
    seed: int,
    habits: Habits,
    *,
    num_steps: int = 3,
    num_agents: int = 2,
    num_candidates: int = 2,
    num_slots: int = 3,
    num_topics: int = 2,
    beta: float = 0.5,
    scoop: float = 0.0,
) -> list[AttentionStage]:
    """The stages of an episode in which nobody picks; some items have expired, some are new."""
    rng = np.random.default_rng(seed)
    satiation = rng.random((num_agents, num_topics)) * rng.integers(0, 2)
    reads, found = rng.integers(0, 2, num_slots), []
    topics, age = rng.integers(0, num_topics, num_slots), rng.integers(0, 3, num_slots)
    for t in range(num_steps):
        shape = (num_agents, num_candidates)
        slot = np.argsort(rng.random((num_agents, num_slots)), axis=1)[:, :num_candidates]
        stock = num_agents * (rng.random(num_slots) < 0.9)
        appeal = rng.random(shape) * (rng.random(shape) < 0.9)
        topic = topics[slot]
        sat = satiation * habits.gamma_s**t
        tired = np.maximum(0.0, 1 - habits.kappa * np.take_along_axis(sat, topic, axis=1))
        found.append(
            AttentionStage(
                value=appeal * tired,
                similarity=appeal,
                slot=slot,
                legal=stock[slot] > 0,
                stock=stock,
                load=np.zeros(num_slots, np.int64),
                beta=beta,
                bonus=scoop * (reads == 0),
                age=age,
                visible=tired,
                appeal=appeal,
                topic=topic,
                satiation=sat,
                temper=np.full(num_agents, habits.temper),
            )
        )
        is_new = rng.random(num_slots) < 0.3
        age, reads = np.where(is_new, 0, age + 1), reads * ~is_new
        topics = np.where(is_new, rng.integers(0, num_topics, num_slots), topics)
    return found


def worth(stages: list[AttentionStage], habits: Habits, plans: np.ndarray) -> np.ndarray:
    """What plans [P, T, N] pay altogether, [P], by the letter of the equations of news-v0."""
    num_plans, _, num_agents = plans.shape
    sat = np.repeat(stages[0].satiation[None], num_plans, axis=0)
    temper = np.repeat(stages[0].temper[None], num_plans, axis=0)
    is_read = np.zeros((num_plans, len(stages[0].stock)), bool)
    total, seats = np.zeros(num_plans), np.arange(num_agents)
    for t, stage in enumerate(stages):
        is_read &= stage.age > 0
        k = np.minimum(plans[:, t], stage.num_candidates - 1)
        slot, topic = stage.slot[seats, k], stage.topic[seats, k]  # [P, N]
        picks = (plans[:, t] < stage.num_candidates) & (temper > 0) & (stage.stock[slot] > 0)
        n = (picks[:, None] & (slot[:, None] == slot[..., None])).sum(axis=2)
        n = np.maximum(n, 1)
        bonus = stage.bonus[slot] * ~np.take_along_axis(is_read, slot, axis=1)
        tired = np.maximum(
            0, 1 - habits.kappa * np.take_along_axis(sat, topic[..., None], 2)[..., 0]
        )
        payoff = picks * stage.appeal[seats, k] * tired * n**-stage.beta * (1 + bonus / n)
        total += payoff.sum(axis=1)
        plan, seat = np.nonzero(picks)
        is_read[plan, slot[plan, seat]] = True
        sat[plan, seat, topic[plan, seat]] += 1
        sat *= habits.gamma_s
        loss = np.clip(habits.threshold - payoff, -habits.recovery, 2)
        temper = np.where(temper > 0, np.clip(temper - loss, 0, habits.temper), 0)
    return total


def best_worth(stages: list[AttentionStage], habits: Habits) -> float:
    """By looking at every plan."""
    num_agents, num_choices = stages[0].num_agents, stages[0].num_candidates + 1
    plans = np.indices((num_choices,) * (len(stages) * num_agents), dtype=np.int64)
    plans = plans.reshape(len(stages), num_agents, -1).transpose(2, 0, 1)
    return float(worth(stages, habits, plans).max())
