"""Names in a zip that does not say in which encoding they are.

Old programs write them in the encoding of the computer that they run on.
"""

from grader.files.zip_names.decoding import Guess, UnknownEncoding, decoded, known_encoding

__all__ = ["Guess", "UnknownEncoding", "decoded", "known_encoding"]
