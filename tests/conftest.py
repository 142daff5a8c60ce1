"""Randomness is seeded: hypothesis draws the same examples in every run, and stores none."""

from hypothesis import settings

settings.register_profile("seeded", derandomize=True, database=None, deadline=None)
settings.load_profile("seeded")
