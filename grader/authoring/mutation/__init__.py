"""Mutants of a reference: each with one small mistake, as a student might make it.

One file per family of mistakes; `FAMILIES` in `families` names them all.
"""

from grader.authoring.mutation.mutants import Mutant, mutants_of

__all__ = ["Mutant", "mutants_of"]
