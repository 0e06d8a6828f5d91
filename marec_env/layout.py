"""Where an observation keeps what: `[: K * C].reshape(K, C)`, then P columns of the agent."""

from typing import NamedTuple


class Layout(NamedTuple):
    """Named columns of an observation [K * C + P]."""

    num_candidates: int  # K
    candidate: dict[str, slice]  # name -> columns of a candidate's C, in order, without gaps
    agent: dict[str, slice]  # name -> columns of the agent's P, in order, without gaps

    @property
    def candidate_size(self) -> int:
        """C."""
        return _width(self.candidate)

    @property
    def agent_size(self) -> int:
        """P."""
        return _width(self.agent)

    @property
    def observation_size(self) -> int:
        """S = K C + P."""
        return self.num_candidates * self.candidate_size + self.agent_size


class Column(NamedTuple):
    """A row of the observation table: what a reader needs to know about some columns."""

    name: str
    size: int
    meaning: str


def layout(num_candidates: int, candidate: list[Column], agent: list[Column]) -> Layout:
    """Columns one after the other; those of size 0 are left out."""
    return Layout(num_candidates, _slices(candidate), _slices(agent))


def describe(num_candidates: int, candidate: list[Column], agent: list[Column]) -> str:
    """The observation as a Markdown table, in its order."""
    lines = ["| columns | per | name | meaning |", "|---|---|---|---|"]
    for owner, columns in (("candidate", candidate), ("agent", agent)):
        start = 0
        for column in columns:
            if column.size:
                end = start + column.size
                place = f"{start}" if column.size == 1 else f"{start} ... {end - 1}"
                lines.append(f"| {place} | {owner} | {column.name} | {column.meaning} |")
                start = end
    size = layout(num_candidates, candidate, agent)
    lines.append("")
    lines.append(
        f"{num_candidates} candidates x {size.candidate_size} columns + {size.agent_size} columns "
        f"of the agent = {size.observation_size} float32."
    )
    return "\n".join(lines)


def _slices(columns: list[Column]) -> dict[str, slice]:
    slices, start = {}, 0
    for column in columns:
        if column.size:
            slices[column.name] = slice(start, start + column.size)
            start += column.size
    return slices


def _width(slices: dict[str, slice]) -> int:
    return max((s.stop for s in slices.values()), default=0)
