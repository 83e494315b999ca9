"""Start one worker: `python -m grader.worker`, questions on its input, answers on its output."""

from grader.worker.loop import main

main()
