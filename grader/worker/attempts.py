"""Asks one case of changed definitions, one after the other, and puts the old ones back.

The judge looks for the one small change of a student's code that makes an exercise right. It sends
the definitions and what to put where; each is run as an ordinary case is, and no answer says more
than what came out.
"""

from __future__ import annotations

import contextlib
import contextvars
from collections.abc import Iterator
from time import process_time
from types import CodeType, ModuleType
from typing import TYPE_CHECKING, Any

from grader.wire.budget import Budget
from grader.wire.encoding import decode
from grader.worker.answering import sendable
from grader.worker.parts import future_flags, parts_of
from grader.worker.stand_in import refuse_stand_ins
from grader.worker.steps import Scope, run_steps

if TYPE_CHECKING:
    from grader.worker.session import Session

_ABSENT = object()
_WALL_PER_CPU = 12.0
"""Wall seconds for each CPU second of an attempt: the machine may be busy."""


class Attempts:
    """The attempts of one question.

    Attributes
    ----------
    tried
        How many of them have begun, for who has to say which one did not end.
    """

    def __init__(self, session: Session, question: dict[str, Any]) -> None:
        self._session, self._question = session, question
        self._module = session.modules.get(question["file"], ModuleType("nothing"))
        self._path = str(session.folder / question["file"])
        self._flags = 0
        self.tried = 0

    def answer(self) -> dict[str, Any]:
        """What came of each change: None for an exception, else the values and what was noted."""
        content = (self._session.folder / self._question["file"]).read_bytes()
        if b"__future__" in content:
            self._flags = future_flags(parts_of(content))
        found: list[dict[str, Any] | None] = []
        started = process_time()
        is_last = False
        seconds = self._question["each"]
        for number, start, end, text in self._question["changes"]:
            self._session.stopwatch.start(_WALL_PER_CPU * seconds, seconds)
            self.tried += 1
            name, owner, line, source = self._question["definitions"][number]
            changed = source[:start] + text + source[end:]
            if owner:
                changed, line = f"class {owner}:\n{changed}", max(line - 1, 1)
            code = self._compiled(changed, line)
            if code is None:
                found.append(None)
                continue
            found.append(contextvars.copy_context().run(self._attempt, code, name, owner))
            if not self._session.traces.undo():
                is_last = True
                break
        answer: dict[str, Any] = {
            "outcome": "answered",
            "values": sendable([found], self._budget()),
        }
        answer["cpu_seconds"] = process_time() - started
        return answer | ({"last": True} if is_last else {})

    def _budget(self) -> Budget:
        given = Budget(*self._question["budget"])
        return given.within(self._session.max_bytes)

    def _compiled(self, source: str, line: int) -> CodeType | None:
        text = "\n" * (line - 1) + source
        try:
            code: CodeType = compile(text, self._path, "exec", self._flags, dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
        return code

    def _attempt(self, code: CodeType, name: str, owner: str) -> dict[str, Any] | None:
        """The answer with one changed definition in the place of the student's own."""
        session = self._session
        session.surroundings.reset()
        session.reseed()
        session.traces.begin()
        try:
            with self._in_place(code, name, owner):
                return self._answered()
        except BaseException:  # SystemExit and KeyboardInterrupt are the student's too
            return None
        finally:
            session.traces.undo_assignments()

    @contextlib.contextmanager
    def _in_place(self, code: CodeType, name: str, owner: str) -> Iterator[None]:
        """Define what is changed, and afterwards what was there again.

        A method is put into its own class, so that not all of that has to be compiled.
        """
        names = vars(self._module)
        kept = names.get(owner or name, _ABSENT)
        if not owner:
            try:
                exec(code, names)
                yield
            finally:
                _put_back(names, name, kept)
            return
        before = vars(kept).get(name, _ABSENT)
        try:
            exec(code, names)
            method = vars(names[owner])[name]
            names[owner] = kept
            setattr(kept, name, method)
            yield
        finally:
            names[owner] = kept
            if before is not _ABSENT:
                setattr(kept, name, before)

    def _answered(self) -> dict[str, Any]:
        """The answer; the steps are decoded each time, since code may change its arguments."""
        session, question = self._session, self._question
        scope = Scope(self._module)
        with contextlib.ExitStack() as around:
            around.enter_context(session.functions.during(question["forbid"]))
            if question["forbid"] and question["eagerly"]:
                around.enter_context(session.while_guarded())
            run_steps(scope, decode(question["steps"], items=None), session.operations)
            session.traces.undo_assignments()  # what follows is ours
            values = [session.convert(scope.saved[name]) for name in question["returns"]]
            refuse_stand_ins(values)
        answer: dict[str, Any] = {"values": sendable(values, Budget(*question["of_each"]))}
        if session.functions.used:
            raise ValueError("what the exercise forbids was used")
        if session.surroundings.caught:
            answer["warned"] = True
        return answer


def _put_back(names: dict[str, Any], name: str, kept: Any) -> None:
    if kept is _ABSENT:
        names.pop(name, None)
    else:
        names[name] = kept
