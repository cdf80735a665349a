"""Identifiers: 26 lower-case characters, ordered by the time they were made.

The first ten characters are milliseconds, so that rows made together lie together in an index; the
other sixteen are random, so that an id cannot be guessed.
"""

from __future__ import annotations

import secrets
import time

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def new_id() -> str:
    """A new identifier, unique without coordination."""
    number = (int(time.time() * 1000) << 80) | secrets.randbits(80)
    return "".join(_ALPHABET[(number >> shift) & 31] for shift in range(125, -1, -5))
