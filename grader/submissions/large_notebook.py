"""Notebooks with a hundred megabytes of plots: read as a stream, without what they put out.

What is left is the same notebook as JSON, cells, sources and their metadata, small enough to
be read as any other. Outputs pass by and are never all in memory: reading 100 MB of plots
takes 14 MB instead of 280, and 125 MB of nested brackets 15 MB instead of 2,700.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from grader.submissions.notebook import MAX_NOTEBOOK, MAX_SOURCE, NotebookError
from grader.submissions.regular import Unreadable, open_regular, read_regular
from grader.submissions.text import unicode_encoding

MAX_LARGE_NOTEBOOK = 256 * 2**20
"""Bytes of a notebook that is read as a stream."""
MAX_EVENTS = 10_000_000
"""Values and names in it; 100 MB of printed lines are a million."""
_MAX_KEPT = 2 * MAX_SOURCE
"""Characters kept; a value counts as some, so that a million numbers are not for free."""
_PER_VALUE = 8
_HEAD = 4_096
_CHUNK = 4 * 2**20
"""Read at once. With less, one output of many megabytes takes quadratic time."""
_CELLS = {"cells", "worksheets"}
_LEFT_OUT = {"outputs", "attachments"}
_ADVICE = "; clear its outputs and save it again"

Event = tuple[str, Any]


def read_notebook(path: Path) -> tuple[bytes, float]:
    """Return a notebook's JSON, without outputs when it is large, and its modification time.

    Raises
    ------
    Unreadable
        When it is no regular file or too large.
    NotebookError
        When it is large and not whole JSON, or large even without its outputs.
    """
    try:
        import ijson
    except ImportError:  # students need not have it; their notebooks are smaller
        return read_regular(path, MAX_NOTEBOOK, advice=_ADVICE)
    with open_regular(path, MAX_LARGE_NOTEBOOK, advice=_ADVICE) as (stream, status):
        if status.st_size <= MAX_NOTEBOOK:
            content = stream.read(MAX_NOTEBOOK + 1)
            if len(content) > MAX_NOTEBOOK:
                raise Unreadable("changed while it was read")
            return content, status.st_mtime
        try:
            text, encoding = _as_utf8(stream)
            events = ijson.basic_parse(text, buf_size=_CHUNK, use_float=True)
            notebook = _built(_without_outputs(_counted(events)), ijson.ObjectBuilder())
            # In its own encoding, so that an odd one is told as for any other notebook.
            return json.dumps(notebook).encode(encoding), status.st_mtime
        except ijson.JSONError as error:
            reason = " ".join(str(error).partition("\n")[0].split())[:80]
            raise NotebookError(
                f"is not valid JSON ({reason}); it was cut off or edited by hand. Save it again "
                "in Jupyter"
            ) from None
        except (RecursionError, UnicodeDecodeError, OverflowError):
            raise NotebookError("cannot be read as JSON; save it again in Jupyter") from None


def _as_utf8(stream: BinaryIO) -> tuple[Any, str]:
    """The stream as UTF-8, behind its byte order mark, and the encoding that it has itself."""
    head = stream.read(_HEAD)
    encoding = unicode_encoding(head) or "utf-8"
    mark = "\ufeff".encode(encoding)
    stream.seek(len(mark) if head.startswith(mark) else 0)
    if encoding == "utf-8":
        return stream, encoding
    return _Recoded(codecs.EncodedFile(stream, "utf-8", encoding, "replace")), encoding


class _Recoded:
    """Nothing but `read`: what else the standard library's class has passes the decoding by."""

    def __init__(self, stream: codecs.StreamRecoder) -> None:
        self.read = stream.read


def _counted(events: Iterator[Event]) -> Iterator[Event]:
    for number, event in enumerate(events):
        if number >= MAX_EVENTS:
            raise NotebookError(f"holds more than {MAX_EVENTS:,} values{_ADVICE}")
        yield event


def _without_outputs(events: Iterator[Event]) -> Iterator[Event]:
    """Pass on all but outputs, and of the notebook itself nothing but its cells."""
    depth = 0
    for kind, value in events:
        if kind == "map_key" and (value not in _CELLS if depth == 1 else value in _LEFT_OUT):
            _skip_value(events)
            continue
        if kind in ("start_map", "start_array"):
            depth += 1
        elif kind in ("end_map", "end_array"):
            depth -= 1
        yield kind, value


def _skip_value(events: Iterator[Event]) -> None:
    depth = 0
    for kind, _ in events:
        if kind in ("start_map", "start_array"):
            depth += 1
        elif kind in ("end_map", "end_array"):
            depth -= 1
        if depth == 0:
            return


def _built(events: Iterator[Event], builder: Any) -> Any:
    kept = 0
    for kind, value in events:
        kept += _PER_VALUE + (len(value) if isinstance(value, str) else 0)
        if kept > _MAX_KEPT:
            raise NotebookError(
                f"holds more than {_MAX_KEPT // 2**20} MB even without its outputs; the limit of "
                f"code is {MAX_SOURCE // 2**20} MB"
            )
        builder.event(kind, value)
    return builder.value
