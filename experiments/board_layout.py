"""The charts of TensorBoard's custom-scalars page: what a researcher wants to see first.

The groups are those of tags.py. A tag is a regular expression that must match from the beginning;
what no learner of a run reports leaves its chart empty.
"""

from .tags import EVALUATION, METRIC_GROUPS

Chart = tuple[str, list[str]]  # kind, tags

BOTH = f"^{EVALUATION}(argmax|sampled)/"
LEARNER = {  # chart -> names, as far as they are the same for many
    "losses": "(.*_)?(loss|error)",
    "exploration": "entropy|epsilon",
    "values": "q|target|explained_variance",
    "updates": "gradient_norm|approx_kl|clip_fraction",
    "learning_rate": "learning_rate",
}


def charts(*, is_foreign: bool) -> dict[str, dict[str, Chart]]:
    """Group -> chart -> what it shows, in the order of the page.

    Args:
        is_foreign: the environment is none of ours, and has fewer metrics.
    """
    layout = {} if is_foreign else {"score": {"score": _lines(f"{BOTH}score$")}}
    for group, metrics in METRIC_GROUPS.items():
        if is_foreign == (group == "episode"):
            layout[group] = {name: _lines(f"{BOTH}{name}$") for name in metrics}
    layout["training"] = {name: _lines(f"^train/{name}$") for name in ("reward", "payoff", "alive")}
    layout["learner"] = {name: _lines(f"^learner/({names})$") for name, names in LEARNER.items()}
    layout["speed"] = {"steps_per_second": _lines("^time/steps_per_second$")}
    return layout


def _lines(*tags: str) -> Chart:
    return ("Multiline", list(tags))
