"""Run a command as in a container without namespaces: `python deny_namespaces.py COMMAND …`.

What container engines refuse by default, and graded code would need to be confined with.
"""

import errno
import os
import sys

import pyseccomp

_NEW = (0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000)
"""The kinds of namespaces, as flags of `clone`."""


def main() -> None:
    rules = pyseccomp.SyscallFilter(defaction=pyseccomp.ALLOW)
    for name in ("unshare", "setns", "mount", "pivot_root"):
        rules.add_rule(pyseccomp.ERRNO(errno.EPERM), name)
    for flag in _NEW:
        asked = pyseccomp.Arg(0, pyseccomp.MASKED_EQ, flag, flag)
        rules.add_rule(pyseccomp.ERRNO(errno.EPERM), "clone", asked)
    rules.add_rule(pyseccomp.ERRNO(errno.ENOSYS), "clone3")
    rules.load()
    os.execvp(sys.argv[1], sys.argv[1:])


if __name__ == "__main__":
    main()
