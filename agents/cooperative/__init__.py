"""Learners of a team: trained together on the mean payoff of all, played one by one."""
