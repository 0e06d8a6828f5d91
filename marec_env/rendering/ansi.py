"""A scene as text, a line for each agent."""

from .scene import Scene


def text(scene: Scene) -> str:
    """What each agent picked for its user, of which topic, what it was paid, now and so far."""
    if not scene.is_played:
        return "no step has been played yet"
    head = f"{'agent':<10} {'user':<10} {'pick':<44} {'topic':<16} payoff  so far"
    lines = [scene.heading, head]
    for n, (agent, user) in enumerate(zip(scene.agents, scene.names, strict=True)):
        slot = scene.picks[n]
        what, topic, note = "(skips)" if scene.alive[n] else "(has left)", "", ""
        if slot >= 0:
            what, topic = scene.titles[slot], scene.topic_names[scene.topics[slot]]
            note = "" if scene.served[n] else "  refused"
        paid = f"{scene.payoff[n]:6.3f} {scene.returns[n]:7.3f}{note}"
        lines.append(f"{agent:<10} {user:<10.10} {what:<44.44} {topic:<16.16} {paid}")
    return "\n".join(lines)
