"""What Git Large File Storage leaves in a checkout in place of a file."""

MARK = b"version https://git-lfs.github.com/spec/"
"""How such a text begins."""
PROBLEM = (
    "is a Git LFS pointer, not the file itself; run `git lfs pull` and hand in the file that it "
    "stands for"
)
"""Completes "x.py …"."""
