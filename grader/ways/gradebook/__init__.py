"""nbgrader's side of a course: its gradebook, its late penalties, its autograded notebooks."""

import grader.authoring.notebooks  # noqa: F401  # before nbgrader: it keeps jsonschema quick
