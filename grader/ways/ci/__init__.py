"""Graded on every push: where a CI server runs us, what a push changed, and how it went."""
