"""What just happened in one environment, for people to read."""

from .arrays import Array
from .catalogue import Catalogue


def ansi(catalogue: Catalogue, users: Array, items: Array, payoff: Array) -> str:
    """One line per agent: what it picked for its user, of which topic, and what that paid.

    Args:
        catalogue: names users, items and topics where it knows them.
        users: [N] ids.
        items: [N] ids of the picks, -1 for a skip.
        payoff: [N].
    """
    lines = [f"{'agent':<10} {'user':<10} {'pick':<44} {'topic':<16} payoff"]
    for n, (user, item) in enumerate(zip(users.tolist(), items.tolist(), strict=True)):
        who = catalogue.user_ids[user] if catalogue.user_ids else str(user)
        what, topic = "(skips)", ""
        if item >= 0:
            what = catalogue.titles[item] if catalogue.titles else f"item {item}"
            topic = catalogue.topic_names[catalogue.topics[item]]
        agent = f"user_{n}"
        lines.append(f"{agent:<10} {who:<10.10} {what:<44.44} {topic:<16.16} {payoff[n]:6.3f}")
    return "\n".join(lines)
