"""One broken scenario for each fault; each differs from a sound one in one thing.

Class -> what the conformance suite says of it, as a regular expression.
"""

from . import accounts, addresses, forms, knowledge, purity, shown

CHECKS = accounts, addresses, forms, knowledge, purity, shown
BROKEN = {broken: says for check in CHECKS for broken, says in check.BROKEN.items()}
