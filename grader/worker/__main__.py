"""Start one worker: `python -m grader.worker`, questions on its input, answers on its output."""

import sys

from grader.worker.loop import main

main(sys.argv[1:])
