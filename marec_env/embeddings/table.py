"""The encoders by the names of the command line; none of them imports torch before it is fitted."""

from .als import ALS
from .bert4rec import BERT4Rec
from .blend import Blend
from .encoder import Settings
from .factorization import Factorization
from .hybrid import Hybrid
from .item_knn import ItemKNN
from .linear_sigmoid import LinearSigmoid
from .private_factors import PrivateFactorization
from .ready import Ready
from .sasrec import SASRec
from .text import Text

ENCODERS: dict[str, type[Settings]] = {
    "factorization": Factorization,
    "als": ALS,
    "item_knn": ItemKNN,
    "linear_sigmoid": LinearSigmoid,
    "sasrec": SASRec,
    "bert4rec": BERT4Rec,
    "private_factorization": PrivateFactorization,
    "text": Text,
    "vectors": Ready,
    "hybrid": Hybrid,
    "blend": Blend,
}
