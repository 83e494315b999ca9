"""Where things lie in the zip, and so in ``/autograder/source``: its maker and its runner agree."""

HIDDEN = "hidden"
"""The hidden cases, in a folder of the assignment's name."""
LIMITS = "limits.json"
"""``[limits]`` of the course's ``grader.toml``."""
INSTALLED = "requirements/install.txt"
"""What ``setup.sh`` installs: the grader's wheel, with what this part needs."""
