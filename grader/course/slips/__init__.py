"""Slips: right solutions with one small mistake, and what they answer.

A misconception is authored; slips are made from the text of a reference by a program, as the
many small mistakes that nobody writes down: a term that is left out, another axis, an argument
that is ignored. What a student's code answers exactly as one of them does is that mistake, or
the same by another name. Of their answers only signatures are kept.
"""

from grader.course.slips.make import MadeSlip, Slip, slips_of, with_slips
from grader.course.slips.signature import KEPT, Signatures, same, signature

__all__ = ["KEPT", "MadeSlip", "Signatures", "Slip", "same", "signature", "slips_of", "with_slips"]
