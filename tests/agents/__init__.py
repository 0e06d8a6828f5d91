"""Tests of policies and learners, on worlds of a few lines each."""
