"""Put the autograder together: scripts, the grader's wheel, public and hidden cases, pins.

Relied upon (https://gradescope-autograders.readthedocs.io/en/latest/specs/): the zip is unpacked
into ``/autograder/source``; ``setup.sh`` runs once, as root, when the image is built, and
``run_autograder`` for each submission.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path, PurePosixPath

from grader.authoring.gradescope.layout import HIDDEN, INSTALLED, LIMITS
from grader.authoring.release import own_files
from grader.authoring.requirements import grading_requirements
from grader.authoring.wheel_file import wheel_file
from grader.course import frozen
from grader.course.catalogue import PUBLIC_FOLDER
from grader.course.prepared import PreparedAssignment
from grader.submissions.limit_settings import LimitSettings

SETUP, RUN = "setup.sh", "run_autograder"
_NO_TIME = (1980, 1, 1, 0, 0, 0)


def autograder_zip(
    root: Path, public: PreparedAssignment, hidden: PreparedAssignment, limits: LimitSettings
) -> bytes:
    """Build the zip; the same course gives the same bytes.

    Parameters
    ----------
    root
        The course's folder.
    public, hidden
        The assignment with its public and with its hidden cases: the same files of it.
    limits
        What the course says its students' code may cost.

    Raises
    ------
    ReleaseError
        When a file of the course cannot be read.
    CannotPackage
        When the grader that runs here cannot go along.
    """
    name = hidden.name
    own = Path(__file__).parent
    files = {PurePosixPath(script): (own / script).read_bytes() for script in (SETUP, RUN)}
    wheel, content = wheel_file()
    files[PurePosixPath(wheel)] = content
    for folder, prepared in (
        (PurePosixPath("assignments", name, PUBLIC_FOLDER), public),
        (PurePosixPath(HIDDEN, name), hidden),
    ):
        files |= {folder / one: content for one, content in frozen.to_files(prepared).items()}
    files[PurePosixPath(LIMITS)] = limits.model_dump_json(exclude_none=True).encode()
    files[PurePosixPath(INSTALLED)] = grading_requirements(wheel, keras=hidden.has_keras)
    files |= {PurePosixPath(path.as_posix()): text for path, text in own_files(root).items()}
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in sorted(files.items()):
            entry = zipfile.ZipInfo(str(path), _NO_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o100755 if str(path) in {SETUP, RUN} else 0o100644) << 16
            archive.writestr(entry, content)
    return stream.getvalue()
