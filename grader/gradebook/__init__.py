"""nbgrader's side of a course: its gradebook, its late penalties, its autograded notebooks."""
