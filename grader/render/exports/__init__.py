"""Grades for other systems, one file per format: CSV, Canvas, Moodle, Gradescope, JUnit."""
