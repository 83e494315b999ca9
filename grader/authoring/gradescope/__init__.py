"""The autograder that an instructor uploads to Gradescope: one zip for one assignment."""
