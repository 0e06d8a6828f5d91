"""The charts of TensorBoard's custom-scalars page: what a researcher wants to see first.

The groups are those of tags.py. A tag is a regular expression that must match from the beginning;
what no learner of a run reports leaves its chart empty.
"""

from .tags import (
    EVALUATION,
    HELD_OUT,
    HOW,
    LEARNER,
    LEARNER_GROUPS,
    METRIC_GROUPS,
    SCENARIO_GROUPS,
)

Chart = tuple[str, list[str]]  # kind, tags

EVALUATED = f"^({EVALUATION}|{HELD_OUT})({'|'.join(HOW)})/"


def charts(scenario: str | None) -> dict[str, dict[str, Chart]]:
    """Group -> chart -> what it shows, in the order of the page.

    Args:
        scenario: what is played; None: a foreign environment, which has fewer metrics.
    """
    if scenario is None:
        shown = {"welfare": ("welfare",), "episode": METRIC_GROUPS["episode"]}
    else:
        own = {name: group for name, group in SCENARIO_GROUPS.items() if name == scenario}
        shown = {"score": ("score",), **METRIC_GROUPS, **own}
    layout = {
        group: {name: _lines(f"{EVALUATED}{name}$") for name in names}
        for group, names in shown.items()
    }
    layout["training"] = {name: _lines(f"^train/{name}$") for name in ("reward", "payoff", "alive")}
    layout["learner"] = {
        chart: _lines(f"^learner/({'|'.join(names)})$") for chart, names in LEARNER_GROUPS.items()
    }
    layout["learner"]["others"] = _lines(f"^learner/(?!({'|'.join(LEARNER)})$)")
    layout["speed"] = {"steps_per_second": _lines("^time/steps_per_second$")}
    return layout


def _lines(tag: str) -> Chart:
    return ("Multiline", [tag])
