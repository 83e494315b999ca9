"""The class as web pages: one self-contained file each, no network."""

from grader.render.html.report import message_page, student_page, write_report

__all__ = ["message_page", "student_page", "write_report"]
