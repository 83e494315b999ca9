"""The class as web pages: one self-contained file each, no network."""

from grader.render.html.report import message_page, write_report, write_student_page
from grader.render.html.student import student_page

__all__ = ["message_page", "student_page", "write_report", "write_student_page"]
