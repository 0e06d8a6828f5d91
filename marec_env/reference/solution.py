"""What a reference solution is, and how far it can be trusted."""

from typing import Literal, NamedTuple

from ..arrays import Array

Kind = Literal["exact", "bound", "best known"]


class Solution(NamedTuple):
    """Joint choices, what they are worth, and what no joint choices can exceed.

    `kind` is "exact" where the two are the same number and "best known" where a gap remains; a
    reference that has no choices to show for its number would be a "bound".
    """

    choice: Array  # [N] int64 for one step, [T, N] for an episode; K skips
    welfare: float  # sum of the expected payoffs of `choice`
    bound: float  # no choices whatever are worth more
    kind: Kind
