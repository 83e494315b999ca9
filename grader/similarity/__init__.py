"""Which submissions resemble each other more than the task explains.

`texts` reads submissions, `reading` normalises them in processes that may be lost,
`fingerprints` takes out what the course gave, `meeting` finds what two texts share,
`comparison` compares the class pair by pair, `passages` finds what belongs together in two
texts, `pages` shows it.
"""

from grader.similarity.comparison import ClassComparison, Pair, compare_class
from grader.similarity.texts import Text, text_of, texts_of

__all__ = ["ClassComparison", "Pair", "Text", "compare_class", "text_of", "texts_of"]
