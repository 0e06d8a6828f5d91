"""Programs, each `python -m experiments.NAME`: the only room where environments and agents meet."""
