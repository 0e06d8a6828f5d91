"""What all tests find: a Ctrl-C that works, and pictures that need no screen."""

import os
import signal
import threading

os.environ.setdefault("MPLBACKEND", "Agg")

# A job in the background ignores Ctrl-C, and the programs that tests start would inherit that.
if threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGINT, signal.default_int_handler)
