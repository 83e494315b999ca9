"""Imported before nbgrader, it lets nbformat do without what compiles grammars for seconds."""

import sys

sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
