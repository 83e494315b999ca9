"""A prepared assignment that only who holds the key can read: hidden cases in a student's copy.

A bundle is ``magic, length of the header, header, nonce, ciphertext``. The header is JSON and
readable (format, assignment, grader's version); AES-256-GCM encrypts what `grader.course.frozen`
would write into a folder and authenticates the header with it: no byte of a bundle can be changed.
``docs/security.md`` says what that protects against, and what it cannot.
"""

from __future__ import annotations

import base64
import binascii
import json
import secrets
import zlib
from collections.abc import MutableMapping
from typing import TYPE_CHECKING, Any

from grader import __version__
from grader.course import frozen
from grader.course.prepared import PreparedAssignment
from grader.files.foreign_json import read_json
from grader.problems import GraderProblem, installing
from grader.sanitise.text import shown

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_VARIABLE = "GRADER_SEAL_KEY"
SUFFIX = ".sealed"
FORMAT = 1
_MAGIC = b"grader sealed\n"
_KEY_BYTES, _NONCE_BYTES, _LENGTH_BYTES = 32, 12, 4
_MAX_HEADER = 4_096
_MAX_UNPACKED = 512 * 2**20


class SealError(GraderProblem):
    """A bundle or a key cannot be used; the message says why and how to fix it."""


def new_key() -> bytes:
    """A fresh random key."""
    return secrets.token_bytes(_KEY_BYTES)


def key_text(key: bytes) -> str:
    """The key as the variable ``GRADER_SEAL_KEY`` holds it."""
    return base64.urlsafe_b64encode(key).decode("ascii")


def key_from_text(text: str) -> bytes:
    """Read what `key_text` wrote; raises `SealError`."""
    try:
        key = base64.b64decode(text.strip(), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != _KEY_BYTES:
        raise SealError(
            f"The key cannot be used: expected the {len(key_text(bytes(_KEY_BYTES)))} characters "
            f"that grader seal wrote, received {len(text.strip())}. "
            f"Copy it into {KEY_VARIABLE} again."
        )
    return key


def key_from_environment(variables: MutableMapping[str, str]) -> bytes | None:
    """Take the key out of the environment, so that no later process inherits it.

    Returns None where the variable is absent or empty, as CI servers leave it for forks.

    Raises
    ------
    SealError
        When it holds something else than a key.
    """
    text = variables.pop(KEY_VARIABLE, "")
    return key_from_text(text) if text.strip() else None


def seal(prepared: PreparedAssignment, key: bytes) -> bytes:
    """Encrypt an assignment; sealing it again gives other bytes."""
    header = json.dumps(
        {"format": FORMAT, "assignment": prepared.name, "grader": __version__}
    ).encode()
    head = _MAGIC + len(header).to_bytes(_LENGTH_BYTES, "big") + header
    files = frozen.to_files(prepared)
    checks = files[frozen.CHECKS]
    plain = len(checks).to_bytes(8, "big") + checks + files[frozen.CASES]
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return head + nonce + _cipher(key).encrypt(nonce, zlib.compress(plain), head)


def open_sealed(content: bytes, key: bytes, assignment: str) -> PreparedAssignment:
    """Decrypt a bundle, in memory alone.

    Parameters
    ----------
    assignment
        What the bundle is expected to hold: another one's, renamed, is refused.

    Raises
    ------
    SealError
        When it is no bundle, of another version or assignment, or the key does not fit.
    """
    from cryptography.exceptions import InvalidTag

    head, header, rest = _parts(content)
    if header.get("format") != FORMAT or _release(header.get("grader")) != _release(__version__):
        raise SealError(
            f"it was sealed by grader {_said(header, 'grader')} (format "
            f"{_said(header, 'format')}), and this is {__version__} (format {FORMAT}). "
            "Seal it again with this version."
        )
    if header.get("assignment") != assignment:
        raise SealError(
            f"it holds {_said(header, 'assignment')}, and {assignment} was expected. Put each "
            "bundle back under its own name."
        )
    try:
        packed = _cipher(key).decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], head)
    except (InvalidTag, ValueError):
        raise SealError(
            "either it was changed or the key is another. Give the key that grader seal wrote, "
            "or seal it again."
        ) from None
    inflater = zlib.decompressobj()
    plain = inflater.decompress(packed, _MAX_UNPACKED)
    if inflater.unconsumed_tail:
        raise SealError(f"it unpacks to more than {_MAX_UNPACKED // 2**20} MB. Seal fewer cases.")
    length = int.from_bytes(plain[:8], "big")
    files = {frozen.CHECKS: plain[8 : 8 + length], frozen.CASES: plain[8 + length :]}
    try:
        return frozen.from_files(files)
    except frozen.UNREADABLE as error:
        raise SealError(f"what it holds cannot be read ({error}). Seal it again.") from None


def _parts(content: bytes) -> tuple[bytes, dict[str, Any], bytes]:
    """The head as it is authenticated, what its header says, and all behind it."""
    if not content.startswith(_MAGIC):
        raise SealError("it is not a bundle that grader seal wrote. Seal it again.")
    begin = len(_MAGIC) + _LENGTH_BYTES
    length = int.from_bytes(content[len(_MAGIC) : begin], "big")
    end = begin + length
    if length > _MAX_HEADER or len(content) < end + _NONCE_BYTES:
        raise SealError("it is cut off or damaged. Fetch it again, or seal it again.")
    try:
        header = read_json(content[begin:end])
    except ValueError:
        header = None
    if not isinstance(header, dict):
        raise SealError("its header is damaged. Fetch it again, or seal it again.")
    return content[:end], header, content[end:]


def _release(version: object) -> str:
    """A version without the commit: bundles are good for all graders of one release."""
    return str(version).partition("+")[0]


def _said(header: dict[str, Any], entry: str) -> str:
    """An entry as a message may show it: whoever changed the file wrote it."""
    return shown(str(header.get(entry)))


def _cipher(key: bytes) -> AESGCM:
    try:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    except ModuleNotFoundError:
        raise SealError(
            f"Sealed cases need the package cryptography. Install it: {installing('ci')}"
        ) from None
    return AESGCM(key)
