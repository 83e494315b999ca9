"""Run a command as an ordinary user, where the tests themselves are root's."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

USER = 61_234
"""A user and group that no system hands out."""


def as_ordinary_user(command: list[str]) -> list[str]:
    """The command, run by `USER`.

    An interpreter in root's home is out of an ordinary user's reach; then the command sees, in a
    mount namespace of its own, a home that holds nothing but that interpreter.
    """
    run = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups", "env", "HOME=/tmp"]
    home, prefix = Path("/root"), Path(sys.base_prefix)
    if home not in prefix.parents:
        return [*run, *command]
    script = f"""
        set -e
        mount --make-rprivate /
        mount -t tmpfs tmpfs /mnt
        mkdir /mnt/python
        mount --bind {shlex.quote(str(prefix))} /mnt/python
        mount -t tmpfs -o mode=0755 tmpfs {home}
        mkdir -p {shlex.quote(str(prefix))}
        mount --bind /mnt/python {shlex.quote(str(prefix))}
        exec {shlex.join([*run, *command])}
    """
    return ["unshare", "--mount", "bash", "-c", script]
