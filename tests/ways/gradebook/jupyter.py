"""A Jupyter server with nbgrader's extensions, in a course directory."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook

PATIENCE = 60


@contextmanager
def jupyter(course: Path, home: Path) -> Iterator[str]:
    """Start a server; yield its address once formgrader answers.

    Parameters
    ----------
    home
        An empty folder for what it keeps.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {name: str(home) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "HOME")}
    command = [sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root"]
    command += [f"--port={port}", f"--ServerApp.root_dir={course}", "--IdentityProvider.token="]
    with (home / "log").open("wb") as log:
        server = subprocess.Popen(
            command, cwd=course, env={**os.environ, **settings}, stdout=log, stderr=log
        )
        found = f"http://127.0.0.1:{port}"
        try:
            _wait_for(f"{found}/formgrader", server)
            yield found
        finally:
            server.terminate()
            server.wait(30)


def _wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=PATIENCE):
                return
        except urllib.error.HTTPError as error:  # it is up, and will not become another
            raise AssertionError(f"{address}: {error}; is nbgrader's extension enabled?") from None
        except OSError:
            time.sleep(0.3)
    raise AssertionError("the Jupyter server did not start")


def wait(browser: Any, script: str) -> Any:
    """Wait until the page's script returns something true; return that."""
    from selenium.webdriver.support.ui import WebDriverWait

    return WebDriverWait(browser, PATIENCE).until(lambda one: one.execute_script(script))


def open_submission(
    browser: Any, address: str, course: Path, shown: tuple[str, str], student: str
) -> None:
    """Open a student's notebook in formgrader; `shown` are the assignment and the notebook."""
    assignment, notebook = shown
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        submission = gradebook.find_submission(assignment, student)
        (identifier,) = [one.id for one in submission.notebooks if one.name == notebook]
    browser.get(f"{address}/formgrader/submissions/{identifier}")
    wait(browser, "return document.querySelector('input.score') !== null")
