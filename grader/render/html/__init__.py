"""The class as web pages: one self-contained file each, no network."""

from grader.render.html.report import student_page, write_report

__all__ = ["student_page", "write_report"]
