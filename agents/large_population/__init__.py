"""Learners whose cost per agent does not grow with the population: others are one mean."""
