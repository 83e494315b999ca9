"""Where statements start, without parsing: strings, brackets and continued lines are followed."""

from __future__ import annotations

import re

_OPENING = re.compile(r"#|\"\"\"|'''|[\"'()\[\]{}]")
_CLOSING = {mark: re.compile(rf"\\.|{mark}") for mark in ('"', "'", '"""', "'''")}


class Scanner:
    """Knows after each line whether the next one starts a statement."""

    def __init__(self) -> None:
        self.quote = ""
        self.depth = 0
        self.continued = False

    @property
    def at_start(self) -> bool:
        """Whether no string, bracket or backslash is open."""
        return not self.quote and self.depth == 0 and not self.continued

    def feed(self, line: str) -> None:
        """Follow one line."""
        position, in_comment = 0, False
        while True:
            if self.quote:
                closing = self._closing(line, position)
                if closing is None:
                    break
                self.quote, position = "", closing
            found = _OPENING.search(line, position)
            if found is None or found[0] == "#":
                in_comment = found is not None
                break
            position = found.end()
            if found[0] in "([{":
                self.depth += 1
            elif found[0] in ")]}":
                self.depth = max(0, self.depth - 1)
            else:
                self.quote = found[0]
        self.continued = line.endswith("\\") and not in_comment
        if len(self.quote) == 1 and not self.continued:
            self.quote = ""  # a string of one line ends with it, closed or not

    def _closing(self, line: str, position: int) -> int | None:
        for match in _CLOSING[self.quote].finditer(line, position):
            if match[0] == self.quote:
                return match.end()
        return None
