"""Where an nbgrader course keeps things: its configuration, its database, its folders."""

from __future__ import annotations

import contextlib
import io
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbgrader.coursedir import CourseDirectory as NbgraderDirectory
from nbgrader.plugins import LateSubmissionPlugin
from traitlets.config import Config
from traitlets.config.loader import ConfigFileNotFound, PyFileConfigLoader
from traitlets.utils.importstring import import_item

from grader.sanitise.formgrader import CONFIGURATION
from grader.submissions import CourseDirectory
from grader.ways.gradebook.problems import GradebookError

OWN_PLUGIN = "grader.ways.gradebook.late.LateDays"


@dataclass(frozen=True)
class NbgraderCourse:
    """What ``nbgrader_config.py`` says, as far as grading needs it.

    Attributes
    ----------
    database
        URL of the gradebook: SQLite by default, PostgreSQL by ``CourseDirectory.db_url``.
    autograded
        The folder in which formgrader looks for graded notebooks.
    """

    directory: CourseDirectory
    config: Config
    database: str
    course_id: str
    autograded: Path

    def late_plugin(self) -> LateSubmissionPlugin:
        """The plugin that decides on late penalties: the configured one, else `LateDays`.

        Raises
        ------
        GradebookError
            When it cannot be imported.
        """
        chosen: Any = self.config.get("AssignLatePenalties", Config()).get("plugin_class")
        try:
            plugin = import_item(chosen or OWN_PLUGIN) if not isinstance(chosen, type) else chosen
        except ImportError as error:
            raise GradebookError(
                f"The plugin for late penalties {chosen} of {CONFIGURATION} cannot be imported: "
                f"{error}. Fix AssignLatePenalties.plugin_class there, or take the line out."
            ) from None
        config: Any = self.config.copy()
        config.LateDays.setdefault("course", str(self.directory.path))
        made: LateSubmissionPlugin = plugin(config=config)
        made.log.setLevel(logging.WARNING)  # nbgrader's own tells its method for each notebook
        return made


def read_course(directory: CourseDirectory) -> NbgraderCourse:
    """Read ``nbgrader_config.py``, which is the instructor's own Python.

    Raises
    ------
    GradebookError
        When the file cannot be run.
    """
    config = Config()
    loader = PyFileConfigLoader(CONFIGURATION, path=str(directory.path))
    try:
        with contextlib.suppress(ConfigFileNotFound), contextlib.redirect_stdout(io.StringIO()):
            config = loader.load_config()
    except Exception as error:
        raise GradebookError(
            f"{directory.path / CONFIGURATION} cannot be run: {type(error).__name__}: {error}."
        ) from None
    config.CourseDirectory.setdefault("root", str(directory.path.resolve()))
    nbgrader = NbgraderDirectory(config=config)
    return NbgraderCourse(
        directory,
        config,
        nbgrader.db_url,
        nbgrader.course_id or "default_course",
        Path(nbgrader.root) / nbgrader.autograded_directory,
    )
