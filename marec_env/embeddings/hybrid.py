"""Hybrid: what is written about the items and what people do with them, in one transformer.

    v_i = e_i + F t_i      t_i: the item's text by a language model (text.py); e and F learnt    (1)

The rest is SASRec over these vectors: items that were turned to rarely are placed by their text,
the others by behaviour as well.

Sources: Kang and McAuley (2018) for the transformer; Hou et al. (2022), "Towards universal sequence
representation learning for recommender systems", for texts as what it reads.
"""

from dataclasses import dataclass
from typing import ClassVar

from ..arrays import Array
from ..centring import centred
from ..datasets.interactions import Interactions
from . import text_models
from .sasrec import SASRec
from .text import Text


@dataclass(frozen=True, kw_only=True)
class Hybrid(SASRec):
    """Equation (1)."""

    name: ClassVar[str] = "hybrid"
    source: ClassVar[str] = "Kang and McAuley (2018) on vectors of text"

    model: str = "use"  # as of the encoder `text`

    def features(self, interactions: Interactions) -> Array | None:
        """The texts' vectors, centred, [I, F]."""
        return centred(Text(model=self.model).describe(interactions).items)

    def licence(self) -> str:
        """That of the language model."""
        return text_models.opened(self.model).licence
