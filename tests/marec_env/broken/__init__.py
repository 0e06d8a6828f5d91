"""One broken scenario for each fault; each differs from a sound one in one thing.

Class -> what the conformance suite says of it, as a regular expression.
"""

from . import addresses, forms, knowledge, purity

BROKEN = addresses.BROKEN | forms.BROKEN | knowledge.BROKEN | purity.BROKEN
