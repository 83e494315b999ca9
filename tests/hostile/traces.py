"""What a batch could leave on a machine: processes, files, sockets, mounts, kernel objects."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass, fields
from pathlib import Path

import psutil


@dataclass(frozen=True)
class Traces:
    """Names of all that is there, or of what is new."""

    processes: list[str]
    files: list[str]
    sockets: list[str]
    mounts: list[str]
    kernel_objects: list[str]
    descriptors: list[str]

    @classmethod
    def now(cls) -> Traces:
        """Look around."""
        return cls(
            processes=[
                f"{one.pid} {one.info['name']}"
                for one in psutil.process_iter(["name", "cmdline"])
                if _is_ours(one)
            ],
            files=[
                str(Path(folder, name))
                for folder in {tempfile.gettempdir(), "/tmp", "/dev/shm", "/var/tmp"}
                if os.path.isdir(folder)
                for name in os.listdir(folder)
                if not name.startswith("pytest-")
            ],
            sockets=[
                line.split()[-1]
                for line in Path("/proc/net/unix").read_text().splitlines()[1:]
                if "grader" in line
            ],
            mounts=Path("/proc/self/mountinfo").read_text().splitlines(),
            kernel_objects=[
                line
                for kind in ("shm", "msg", "sem")
                for line in Path(f"/proc/sysvipc/{kind}").read_text().splitlines()[1:]
            ],
            descriptors=os.listdir("/proc/self/fd"),
        )

    def new_ones(self) -> Traces:
        """What is there now and was not before."""
        later = Traces.now()
        return Traces(
            **{
                field.name: sorted(set(getattr(later, field.name)) - set(getattr(self, field.name)))
                for field in fields(self)
            }
        )

    def any(self) -> bool:
        """Whether there is anything."""
        return any(getattr(self, field.name) for field in fields(self))


def _is_ours(process: psutil.Process) -> bool:
    """Whether it is a worker, or what starts one, of this very process's."""
    text = " ".join(process.info["cmdline"] or [])
    return "grader.worker" in text and process.pid != os.getpid()
