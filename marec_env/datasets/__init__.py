"""Data sets: raw files in, interactions out. Nothing is downloaded unless asked for by name."""

from .interactions import DataError as DataError
from .interactions import Dropped as Dropped
from .interactions import Interactions as Interactions
from .load import data_folder as data_folder
from .load import load as load
