"""What an answer shows to be missing, or not allowed: where the exercise or what it calls is."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

from grader.checks.left_out import LeftOut, number_in, text_in
from grader.checks.place import Place
from grader.checks.verdict import Absence, Reply
from grader.checks.wording import MEMORY, allowing, what_it_did
from grader.course.case import Case
from grader.result import Status
from grader.submissions.places import beginning, sentence

_NOT_IMPLEMENTED = "builtins.NotImplementedError"
_NAME_ERROR = "builtins.NameError"
_UNDEFINED = re.compile(r"name '(\w+)' is not defined")
_RAISE = re.compile(r"\braise\b")
_NEAR = 0.7


def absence_of(case: Case, reply: Reply, place: Place) -> Absence | None:
    """Say what is not there, when that is all that a reply shows; None for any other reply."""
    if reply.left_out is not None and place.problem(reply.missing) is None:
        return _left_out(case, reply, reply.left_out, place)
    if reply.observation.outcome == "missing":
        return _missing(case, reply, place)
    if reply.observation.outcome == "forbidden":
        return _not_allowed(case, reply, place)
    kind = reply.observation.raised[:1] if reply.observation.outcome == "raised" else []
    if kind == [_NOT_IMPLEMENTED]:
        return _unwritten(reply, place)
    if kind == [_NAME_ERROR]:
        return _undefined(reply, place)
    return _ended(case, reply, place)


def _ended(case: Case, reply: Reply, place: Place) -> Absence | None:
    """What is called ended the program or used something up; None for the exercise itself."""
    did = what_it_did(reply, place.assignment.visibility)
    frames = reply.error.get("frames") or []
    called = place.called(frames) if did is not None else []
    if did is None or not called:
        return None
    waits_for = place.awaited(called)
    status = Status.OUT_OF_MEMORY if MEMORY in reply.observation.raised else Status.ERROR
    text = f"{place.calling(frames, case)} {did(frames[-1]['place'])}."
    return Absence(Status.SKIPPED if waits_for else status, text, waits_for)


def _unwritten(reply: Reply, place: Place) -> Absence | None:
    """Whose NotImplementedError it is; None for one that a library raised on its own behalf."""
    frames = reply.error.get("frames") or []
    if not frames or (frames[-1]["code"] and not _RAISE.search(frames[-1]["code"])):
        return None
    owners = [place.owner(frame) for frame in frames]
    callee = owners[-1]
    called = place.method(callee, frames[-1])
    if callee == place.exercise:
        text = f"{called} is not written yet: {frames[-1]['place']} raises NotImplementedError."
        return Absence(Status.MISSING, text)
    if place.exercise in owners or callee not in place.exercises:
        text = f"{place.exercise} calls {called}, which is not written yet."
    else:
        text = f"This check of {place.exercise} calls {called} too, which is not written yet."
    return Absence(Status.SKIPPED, text, callee)


def _undefined(reply: Reply, place: Place) -> Absence | None:
    """A NameError that is about another exercise."""
    found = _UNDEFINED.search(str(reply.error.get("message")))
    name = found.group(1) if found else ""
    if name not in place.exercises - {place.exercise}:
        return None
    problem = place.problem(name)
    if problem is not None:
        file = place.definitions[name].get("file") or place.file
        where = place.places.line(file, number_in(problem, "line"), inside=place.file)
        why = f"which cannot be read: see {where}."
    elif name in place.definitions:
        return None  # it is there, so something else is the matter
    else:
        near = _suggestion(name, place.definitions, place)
        why = f"which is not in {place.places.all_files}.{near}"
    frames = reply.error.get("frames") or []
    line = f" ({frames[-1]['place']})" if frames else ""
    return Absence(Status.SKIPPED, f"{place.exercise} calls {name}{line}, {why}", name)


def _left_out(case: Case, reply: Reply, statement: LeftOut, place: Place) -> Absence:
    """A name that a statement was to define which could not be run."""
    frames = reply.error.get("frames") or []
    called = place.called(frames)
    needs = f"{place.exercise} needs {reply.missing}. "
    if called:
        needs = f"{place.calling(frames, case)} needs {reply.missing}. "
    elif reply.missing == place.exercise:
        needs = ""
    what, how = place.places.name(statement.file), "could not be imported"
    if statement.line:
        what = beginning(place.places.line(statement.file, statement.line, inside=place.file))
        how = "was left out when your file ran"
    what = f"{needs}{what}, which should have defined {reply.missing}, {how}"
    text = f"{what}: {sentence(statement.text)}"
    waits_for = place.awaited([*called, reply.missing])
    if waits_for:
        return Absence(Status.SKIPPED, text, waits_for)
    forbidden = reply.observation.outcome == "forbidden"
    return Absence(Status.FORBIDDEN if forbidden else Status.ERROR, text)


def _not_allowed(case: Case, reply: Reply, place: Place) -> Absence | None:
    """What is not allowed, used by the exercise or by something that it calls."""
    frames = reply.error.get("frames") or []
    by_exercise = reply.error.get("by_exercise")
    instead = place.assignment.exercise(place.exercise).instead if by_exercise else ""
    if not frames and by_exercise:  # of a class that inherits all that it does
        return Absence(Status.FORBIDDEN, allowing(f"{reply.error['message']}", instead))
    if not frames:
        return None
    file, line = frames[-1]["file"], frames[-1]["line"]
    where = place.places.line(file, line, inside=place.file)
    called = place.called(frames)
    received = place.giving(frames[-1]) if reply.error.get("received") else ""
    if received:
        start = f"{place.calling(frames, case)} calls" if called else f"{place.exercise} calls"
        used = reply.error.get("used")
        text = f"{start} {received}, which returns {used}. {sentence(reply.error['message'])}"
        return Absence(Status.SKIPPED, text, received)
    imported = place.imported(frames[-1], str(reply.error["message"]))
    if imported and not by_exercise:
        start = f"{place.calling(frames, case)} calls" if called else f"{place.exercise} calls"
        text = f"{start} {imported}, which is not written but imported. {reply.error['message']}."
        waits_for = place.awaited([*called, imported])
        return Absence(Status.SKIPPED if waits_for else Status.FORBIDDEN, text, waits_for)
    if not called:
        text = allowing(str(reply.error["message"]), instead)
        return Absence(Status.FORBIDDEN, f"In {where}: {text}")
    used = reply.error.get("used") or "what is not allowed"
    text = f"{place.calling(frames, case)} uses {used} in {where}"
    if by_exercise:  # what is called may well be right in doing so
        text = allowing(f"{text}, which is not allowed in {place.exercise}", instead)
        return Absence(Status.FORBIDDEN, text)
    waits_for = place.awaited(called)
    status = Status.SKIPPED if waits_for else Status.FORBIDDEN
    return Absence(status, f"{text}. {sentence(reply.error['message'])}", waits_for)


def _missing(case: Case, reply: Reply, place: Place) -> Absence:
    name = reply.missing
    steps = [one for one in case.steps if one.get("target") == name]
    if steps and steps[0]["op"] != "call":
        return _missing_attribute(case, reply, str(steps[0]["on"]), place)
    near = _suggestion(name, [*reply.nearest, *place.definitions], place)
    text = _not_left(name, place) or f"There is no {name} in {place.places.all_files}.{near}"
    if name == place.exercise:
        return Absence(Status.MISSING, text)
    text = f"This check of {place.exercise} calls {name} too. {text}"
    return Absence(Status.SKIPPED, text, name)


def _not_left(name: str, place: Place) -> str:
    """Say of what is defined and not there in the end where it is; "" for what is not defined."""
    facts = place.definitions.get(name)
    line = number_in(facts, "line") if isinstance(facts, dict) else 0
    if not isinstance(facts, dict) or not line:
        return ""
    inside = text_in(facts, "inside")
    if inside:
        where = place.places.line(place.file, line, inside=place.file)
        return (
            f"There is no {name} at the margin of your file: {where} defines one inside of "
            f"{inside}. Move it out of there."
        )
    where = place.places.line_of_file(place.file, line)
    return f"{name} is written in {where}, but it is not there once your code has run."


def _missing_attribute(case: Case, reply: Reply, holder: str, place: Place) -> Absence:
    """A method or an attribute that what an exercise made does not have."""
    by_name = {one.get("save"): one for one in case.steps}
    step = by_name.get(holder)
    while step is not None and step["op"] != "call":
        step = by_name.get(step.get("on"))
    maker = place.exercise if step is None else str(step["target"])
    owner = maker if maker[:1].isupper() else f"What {maker} returns"
    near = f" Did you mean {' or '.join(reply.nearest)}?" if reply.nearest else ""
    text = f"{owner} has no {reply.missing}.{near}"
    if maker == place.exercise:
        return Absence(Status.MISSING, text)
    return Absence(Status.SKIPPED, text, maker)


def _suggestion(name: str, candidates: Iterable[str], place: Place) -> str:
    """Ask whether a name that resembles the missing one is meant; never another exercise."""
    known = place.exercises
    plain = _plain(name)
    scores = {
        one: difflib.SequenceMatcher(None, plain, _plain(one)).ratio()
        for one in dict.fromkeys(candidates)
        if one not in known
    }
    near = sorted((one for one in scores if scores[one] >= _NEAR), key=lambda one: -scores[one])
    return f" Did you mean {' or '.join(near[:2])}?" if near else ""


def _plain(name: str) -> str:
    """A name as `half_mse`, `halfMSE` and `Half_Mse` have it in common."""
    return name.replace("_", "").casefold()
