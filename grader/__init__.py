"""An autograder for deep-learning courses: asks, listens, compares, explains."""

__version__ = "0.1.0"
