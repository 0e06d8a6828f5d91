"""What speaks for a pick in the eyes of the policy that made it, and who earns a team its value.

Only learners that play by a network and what they see and remember can be asked (agents/credit.py);
of any other policy, those that read a mean field among them, nothing is said.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from agents.actors import Actor
from agents.contract import View, actor_of
from agents.cooperative.vdn import VDN
from agents.credit import Attribution, Credit, attribution, credit
from marec_env.arrays import Array

from .acting import act, look
from .build import Built
from .curves import COLOURS
from .pictures import INK, blank, drawn, name_bars

SHOWN = 8  # parts of an attribution, the largest ones
LEAST = 5e-4  # of a part to be worth a line


class Reason(NamedTuple):
    """Of one pick."""

    attribution: Attribution | None  # None if nothing else was legal
    team: tuple[float, float, float] | None  # Q_tot, the agent's Q, and its credit, in a team

    def text(self) -> str:
        """In lines; empty if there is nothing to say."""
        lines = []
        if self.attribution is not None:
            margin, baseline = self.attribution.margin, self.attribution.baseline
            lines.append(f"the policy preferred it by {margin:+.3f} to the mean of the legal rest:")
            largest = sorted(self.attribution.parts.items(), key=lambda part: -abs(part[1]))
            shown = [(name, part) for name, part in largest[:SHOWN] if abs(part) > LEAST]
            rest = margin - sum(part for _, part in shown)
            shown.append(("all else" if shown else "all", rest))
            width = max(len(name) for name, _ in shown)
            lines += [f"  {name:<{width}}  {part:+.3f}" for name, part in shown]
            if abs(baseline) > LEAST:
                lines.append(f"  ({baseline:+.3f} of it whatever is seen)")
        if self.team is not None:
            total, value, weight = self.team
            lines.append(
                f"team value {total:.3f}, of the agent {value:.3f} with credit {weight:.3f}"
            )
        return "\n".join(lines)


def reason(built: Built, n: int, step: int, seed: int) -> Reason | None:
    """Why agent `n` did what it did at `step` of the episode of `seed`; None if nobody can say."""
    if not isinstance(actor_of(built.policy), Actor):
        return None
    for t, (view, reader, action) in enumerate(_steps(built, seed)):
        if t == step:
            return _reason(built, view, reader, action, n)
        reader.read(view)
    raise ValueError(f"step must be one of the episode, got {step}")


def pictures(built: Built) -> dict[str, Array]:
    """Tag -> picture of what decides picks in the first evaluated episode, best actions."""
    if not isinstance(actor_of(built.policy), Actor):
        return {}
    parts: list[dict[str, float]] = []
    merits: list[Array] = []
    for t, (view, reader, action) in enumerate(_steps(built, built.run.evaluation_seed)):
        n = t % built.sizes.num_agents
        found = _attribution(view, reader, action, n)
        if found is not None:
            parts.append(found.parts)
        if isinstance(built.policy, VDN):
            of_team = credit(built.policy, reader, view, action)
            merits.append(of_team.value[0] * of_team.credit[0])
    drawings = {"final/attribution": attributions(parts)} if parts else {}
    if merits:
        drawings["final/credit"] = credits(np.mean(merits, axis=0), built.sizes.agent_names)
    return drawings


def attributions(parts: list[dict[str, float]]) -> Array:
    """Mean size of each part over picks, the largest ones on top, [H, W, 3] uint8."""
    names = {name for found in parts for name in found}
    size = {name: float(np.mean([abs(found.get(name, 0)) for found in parts])) for name in names}
    shown = sorted(size, key=lambda name: size[name])[-SHOWN:]
    canvas, axes = blank("what decides a pick")
    axes.barh(range(len(shown)), [size[name] for name in shown], color=COLOURS[0], alpha=0.85)
    axes.set_xlabel("mean size of its part in the margin")
    axes.set_yticks(range(len(shown)), shown)
    axes.tick_params(axis="y", length=0)
    return drawn(canvas)


def credits(merit: Array, names: tuple[str, ...]) -> Array:
    """Credit times value of each agent [N], mean over an episode, [H, W, 3] uint8."""
    order = np.argsort(-merit, kind="stable")
    canvas, axes = blank("who earns the team its value: credit times Q")
    axes.bar(range(len(order)), merit[order], color=COLOURS[0], alpha=0.85, width=0.75)
    axes.axhline(0, color=INK, linewidth=0.8)
    name_bars(axes, [names[n] for n in order], "agents")
    return drawn(canvas)


def _steps(built: Built, seed: int) -> Iterator[tuple[View[Array], Actor, Array]]:
    """View, reader and joint action [1, N] of each step with best actions.

    The reader has the memory of the steps before; whoever looks at a step reads it once.
    """
    env = built.make_env(num_envs=1)
    player, reader, now = actor_of(built.policy), actor_of(built.policy), env.reset(seed)
    while True:
        view = look(now, built.policy)
        action = act(player, look(now, player), explore=False)
        yield view, reader, action
        now = env.step(action)
        if now.start[0]:
            return


def _reason(built: Built, view: View[Array], reader: Actor, action: Array, n: int) -> Reason:
    why, team = _attribution(view, reader, action, n), None
    if isinstance(built.policy, VDN):
        found: Credit = credit(built.policy, reader, view, action)
        team = float(found.total[0]), float(found.value[0, n]), float(found.credit[0, n])
    return Reason(why, team)


def _attribution(view: View[Array], reader: Actor, action: Array, n: int) -> Attribution | None:
    """Of a living agent that had a choice; the step is read in any case."""
    if view.alive[0, n] and view.action_mask[0, n].sum() > 1:
        return attribution(reader, view, n, int(action[0, n]))
    reader.read(view)
    return None
