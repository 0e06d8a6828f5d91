"""Learners that take the other agents for part of the world."""
