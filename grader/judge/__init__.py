"""The judge: asks a submission the questions of its checks, and adds up the points."""
