"""What every scenario must honour: a public conformance suite, for scenarios of your own as well.

    check_scenario(MyGame())
    check_scenario("ecommerce-v0", num_agents=4, beta=0.5)

It plays short episodes at random. Each check stands alone and raises an AssertionError of one
sentence that says what was expected of the scenario and what it did; forms come first, since all
others rely on them. Nothing is checked that the scenario's docstring would have to tell.
"""

from collections.abc import Callable
from typing import Any

from ..registry import make_vec
from ..scenario import Scenario
from .accounts import check_factors, check_metrics
from .addresses import check_copies, check_draws, check_faces, check_slates
from .forms import check_departures, check_forms, check_time
from .knowledge import check_payoffs, check_secrets
from .purity import check_purity


def check_scenario(scenario: str | Scenario | Callable[..., Scenario], **constants: Any) -> None:
    """All checks that apply.

    Args:
        scenario: a name, a scenario, or a class or function that builds one.
        **constants: of the scenario, where it is still to be built.

    Raises:
        AssertionError: says what was expected of the scenario and what it did.
    """
    game = make_vec(scenario, **constants).scenario
    check_forms(game)
    check_time(game)
    check_departures(game)
    check_purity(game)
    check_draws(game)
    if game.has_exogenous_slates:
        check_slates(game)
    check_copies(game)
    check_faces(game)
    check_secrets(game)
    check_payoffs(game)
    check_factors(game)
    check_metrics(game)
