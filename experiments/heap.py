"""Keeps freed memory for the next minibatch, where the C library would give it back.

The arrays of a gradient step are megabytes each. glibc returns such blocks to the system as soon as
they are free; the next step then meets fresh pages, and the first touch of each is a page fault: a
tenth of the time of a step.
"""

import ctypes
import platform

# of malloc.h
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
KEPT = 2**28  # bytes that may lie free at the end of the heap
LARGEST = 2**25  # bytes of a block that is kept; glibc takes no more


def keep() -> None:
    """Tells glibc so; other C libraries are left alone."""
    if platform.libc_ver()[0] == "glibc":
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(M_MMAP_THRESHOLD, LARGEST)
        mallopt(M_TRIM_THRESHOLD, KEPT)
