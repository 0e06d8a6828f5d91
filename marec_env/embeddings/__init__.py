"""Encoders: interactions in, vectors out; and the catalogue that is made of them."""

from .build import GATES as GATES
from .build import Built as Built
from .build import Judgement as Judgement
from .build import build as build
from .encoder import Encoder as Encoder
from .encoder import Vectors as Vectors
from .factorization import Factorization as Factorization
from .item_knn import ItemKNN as ItemKNN
from .table import ENCODERS as ENCODERS
from .trained import Trained as Trained
