"""The tags under which numbers are written, each with what it says.

docs/metrics.md explains the same ones at length. `*` stands for a name that a learner or a plug-in
gives. Metrics of whole episodes have the same names in training and in evaluation. What a scenario
alone says of its episodes, it explains itself (`Scenario.metric_notes`).
"""

from fnmatch import fnmatch

from marec_env import registry
from marec_env.episode_report import COSTLY

EVALUATION = "evaluate/"
HELD_OUT = "held_out/"
FINAL = "final/"
CLOCK = "time/"  # depends on the machine; all other numbers are decided by the Run

METRIC_GROUPS = {  # of a whole episode; mean over episodes
    "welfare": {
        "welfare": "payoff of an agent and step; mean over all seats",
        "nash_welfare": "geometric mean over the seats of their payoff per step",
        "efficiency": "welfare as a share of the reference's; mean over episodes",
        "regret": "welfare of the reference minus welfare",
    },
    "fairness": {
        "worst_off": "payoff per step of the seat that has least",
        "gini": "inequality of the seats' payoffs: 0 all alike, towards 1 one has all",
        "jain": "evenness of the seats' payoffs: 1 all alike, 1/N one has all",
        "envy": "share of the pairs of agents in which one would rather have the other's picks",
        "envy_amount": "payoff per step that an agent misses beside what it envies most; mean",
    },
    "diversity": {
        "exposure_gini": "inequality of the picks of the pool's items",
        "exposure_entropy": "evenness of the picks of the pool's items: 1 all alike",
        "coverage": "share of the pool's items that were picked at all",
        "diversity": "1 - cosine between the picks of an agent; mean over pairs and agents",
        "novelty": "bits of surprise that an item is picked, by how often it was rated",
    },
    "congestion": {
        "fill_rate": "share of the picks that were served",
        "collisions": "share of the picks that had company",
        "stock_outs": "items a step that more agents picked than were served",
    },
    "episode": {
        "return": "sum of the payoffs of an agent; mean over the seats",
        "length": "steps of the episode",
    },
}
SCENARIO_GROUPS = {  # the same, of what a scenario alone says
    name: dict(notes)
    for name in registry.scenario_names()
    if (notes := getattr(registry.find(name), "metric_notes", {}))
}
METRICS = {
    name: text
    for groups in (METRIC_GROUPS, SCENARIO_GROUPS)
    for group in groups.values()
    for name, text in group.items()
}
ONLY_EVALUATED = frozenset({"efficiency", "regret", *COSTLY})  # need a reference, or cost too much
LEARNER_GROUPS = {  # what several learners report of their updates
    "losses": {
        "policy_loss": "what the policy shall raise, negated; mean over the update's agent-steps",
        "value_loss": "Huber loss of the normalised values against their targets",
        "loss": "Huber loss of Q against its targets",
        "td_error": "absolute difference between Q and its targets",
        "squared_error": "squared difference between reward and prediction",
        "accuracy": "share of the predicted payoffs that miss by no more than `tolerance`",
        "cut_share": "share of the rewards that lay beyond the range assumed, and were cut to it",
    },
    "exploration": {
        "entropy": "entropy of the policy over the legal actions, in nats: 0 never explores",
        "epsilon": "probability of a random action",
        "mean_probability": "probability with which the actions played were drawn",
    },
    "q": {
        "q": "Q of the actions played",
        "target": "what Q is moved towards",
    },
    "explained_variance": {
        "explained_variance": "share of the targets' variance that the values explain: 1 all",
    },
    "policy_change": {
        "approx_kl": "divergence of the policy from the one that played, in nats",
        "clip_fraction": "share of the agent-steps whose probability ratio was clipped",
    },
    "gradient_norm": {"gradient_norm": "norm of the gradient before clipping"},
    "learning_rate": {"learning_rate": "step size of the optimiser"},
}
LEARNER = {name: text for group in LEARNER_GROUPS.values() for name, text in group.items()}

EVALUATIONS = {  # prefix of an evaluation's tags -> which one it is, in words
    EVALUATION: "evaluation",
    HELD_OUT: "evaluation on users held out",
    FINAL: "final evaluation",
}
HOW = {"argmax": "best actions", "sampled": "sampled actions"}  # way to play a policy -> in words
EVALUATED = {"score": "welfare between random play, 0, and the reference, 1", **METRICS}
TAGS = {
    "train/reward": "reward of an agent and step, after the objective; mean over all seats",
    "train/payoff": "payoff of an agent and step, before the objective; mean over all seats",
    "train/alive": "share of the agents that are still there",
    "train/actions": "how often each action was played; the last one skips (histogram)",
    **{
        f"episode/{name}": f"training: {text}"
        for name, text in METRICS.items()
        if name not in ONLY_EVALUATED
    },
    "episode/*": "training: a metric that a plug-in reports of whole episodes",
    **{f"learner/{name}": f"updates: {text}" for name, text in LEARNER.items()},
    "learner/*": "what the learner reports of its updates; see its class",
    **{
        f"{prefix}{way}/{name}": f"{which}, {how}: {text}"
        for prefix, which in EVALUATIONS.items()
        for way, how in HOW.items()
        for name, text in EVALUATED.items()
    },
    **{
        f"{prefix}{way}/actions": f"{which}, {how}: how often each was played (histogram)"
        for prefix, which in EVALUATIONS.items()
        if prefix != FINAL
        for way, how in HOW.items()
    },
    "evaluate/returns": "payoff of an episode by agent, sampled actions (picture)",
    "evaluate/picks": "share of picks of the most picked items by topic, sampled (picture)",
    "evaluate/*": "evaluation: a metric that a plug-in reports of whole episodes",
    "held_out/*": "users held out: a metric that a plug-in reports of whole episodes",
    "final/episode": "an episode of the trained policy, sampled actions (moving picture)",
    "final/last_step": "the last step of that episode (picture)",
    "final/example": "the pick of greatest regret in an episode, taken apart (picture)",
    "final/attribution": "what decides picks: mean size of each part of the margin (picture)",
    "final/credit": "who earns a team its value: credit times Q, by agent (picture)",
    "final/*": "final evaluation: a metric that a plug-in reports of whole episodes",
    "time/steps_per_second": "environment steps a second while training, without evaluations",
    "time/seconds": "seconds of training so far, without evaluations",
}


def explanation(tag: str) -> str | None:
    """What a written number says, or None if nobody has said it."""
    if tag in TAGS:
        return TAGS[tag]
    return next((text for pattern, text in TAGS.items() if fnmatch(tag, pattern)), None)
