"""The autograder that an instructor uploads to Gradescope: one zip for one assignment."""

from grader.authoring.gradescope.bundle import autograder_zip

__all__ = ["autograder_zip"]
