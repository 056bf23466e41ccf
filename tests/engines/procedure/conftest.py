"""Property tests here have no time limit for each example: a shared machine would make them fail by chance."""

from hypothesis import settings

settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")
