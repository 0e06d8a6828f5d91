"""The tags under which numbers are written, each with what it says.

docs/metrics.md explains the same ones at length. `*` stands for a name that a learner or a plug-in
gives. Metrics of whole episodes have the same names in training and in evaluation.
"""

from fnmatch import fnmatch

EVALUATION = "evaluate/"
FINAL = "final/"
CLOCK = "time/"  # depends on the machine; all other numbers are decided by the Run

METRIC_GROUPS = {  # of a whole episode; mean over episodes
    "welfare": {
        "welfare": "payoff of an agent and step; mean over all seats",
        "nash_welfare": "geometric mean over the seats of their payoff per step",
    },
    "fairness": {
        "worst_off": "payoff per step of the seat that has least",
        "gini": "inequality of the seats' payoffs: 0 all alike, towards 1 one has all",
        "jain": "evenness of the seats' payoffs: 1 all alike, 1/N one has all",
    },
    "diversity": {
        "exposure_gini": "inequality of the picks of the pool's items",
        "exposure_entropy": "evenness of the picks of the pool's items: 1 all alike",
        "coverage": "share of the pool's items that were picked at all",
    },
    "congestion": {
        "fill_rate": "share of the picks that were served",
        "collisions": "share of the picks that had company",
        "stock_outs": "items a step that more agents picked than were served",
    },
    "episode": {
        "return": "sum of the payoffs of an agent; mean over the seats (foreign environments)",
        "length": "steps of the episode (foreign environments)",
    },
}
METRICS = {name: text for group in METRIC_GROUPS.values() for name, text in group.items()}
TAGS = {
    "train/reward": "reward of an agent and step, after the objective; mean over all seats",
    "train/payoff": "payoff of an agent and step, before the objective; mean over all seats",
    "train/alive": "share of the agents that are still there",
    "train/actions": "how often each action was played; the last one skips (histogram)",
    **{f"episode/{name}": f"training: {text}" for name, text in METRICS.items()},
    "episode/*": "training: a metric that a plug-in reports of whole episodes",
    "learner/*": "what the learner reports of its updates; see its class",
    "evaluate/argmax/score": "welfare between random play, 0, and the reference, 1; best actions",
    "evaluate/sampled/score": "the same with sampled actions",
    "evaluate/argmax/actions": "how often each action was played (histogram)",
    "evaluate/sampled/actions": "the same with sampled actions",
    "evaluate/returns": "payoff of an episode by agent, sampled actions (picture)",
    "evaluate/picks": "share of picks of the most picked items by topic, sampled (picture)",
    **{f"evaluate/argmax/{name}": f"evaluation, best actions: {t}" for name, t in METRICS.items()},
    **{f"evaluate/sampled/{name}": f"evaluation, sampled: {t}" for name, t in METRICS.items()},
    "final/*": "the same as evaluate/*, of the trained policy, as metrics of the hparams page",
    "time/steps_per_second": "environment steps a second while training, without evaluations",
    "time/seconds": "seconds of training so far, without evaluations",
}


def explanation(tag: str) -> str | None:
    """What a written number says, or None if nobody has said it."""
    if tag in TAGS:
        return TAGS[tag]
    return next((text for pattern, text in TAGS.items() if fnmatch(tag, pattern)), None)
