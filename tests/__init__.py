"""The tests mirror the rooms; what several of them read lies here beside them."""
