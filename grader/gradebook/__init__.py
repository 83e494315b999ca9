"""nbgrader's side of a course: its gradebook, its late penalties, its autograded notebooks."""

import sys

# With this package jsonschema, which nbgrader brings, compiles 38 grammars of addresses when it is
# imported: two fifths of nbgrader's start, for a format that no notebook has. Without, it goes on.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
