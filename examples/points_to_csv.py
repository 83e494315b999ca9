"""Read a course's results and print one line of points for each student, as CSV.

    python examples/points_to_csv.py my-course a1_least_squares > a1.csv

A Result is all that any report reads; this is the shortest one.
"""

import csv
import sys
from pathlib import Path

from grader.batch.store import ResultStore
from grader.render.summary import exercises


def main() -> None:
    if len(sys.argv) != 3:
        sys.exit("usage: python examples/points_to_csv.py COURSE ASSIGNMENT")
    course, assignment = sys.argv[1:]
    results, damaged = ResultStore(Path(course) / "results" / assignment).read_all()
    for name in damaged:
        print(f"left out: {name}", file=sys.stderr)
    if not results:
        sys.exit(f"There are no results of {assignment} in {course}.")
    names = [exercise.name for exercise in exercises(results[0])]
    writer = csv.writer(sys.stdout)
    writer.writerow(["student", "points", *names])
    for result in results:
        points = {exercise.name: exercise.points for exercise in exercises(result)}
        # A name that a spreadsheet would take for a formula stays text.
        student = f"'{result.student}" if result.student[:1] in "=+-@" else result.student
        writer.writerow([student, result.points, *(points.get(name, "") for name in names)])


if __name__ == "__main__":
    main()
