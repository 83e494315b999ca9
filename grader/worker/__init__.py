"""The student's side: holds one student's code, answers questions, imports `grader.wire` alone."""
