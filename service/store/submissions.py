"""Forms as they were submitted: sealed, for they hold telephones and whatever else people write."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Any

import orjson
from sqlalchemy import Connection, text

from service.store.vault import vault

_READ = text("select sealed from submission where task = :key")


def sealed(key: str, answers: Mapping[str, Any]) -> bytes:
    """The answers of a form as they are kept, for the row of a key (a task, or the instance it began)."""
    return vault().seal(zlib.compress(orjson.dumps(dict(answers))), f"submission/{key}")


def read(connection: Connection, key: str) -> dict[str, Any] | None:
    """The answers of a form as they were submitted. Raises Unreadable."""
    row = connection.execute(_READ, {"key": key}).first()
    return opened(key, row.sealed) if row is not None else None


def opened(key: str, sealed: bytes) -> dict[str, Any]:
    """The answers behind what ``sealed`` made for a key. Raises Unreadable."""
    content = vault().open(bytes(sealed), f"submission/{key}")
    # What was kept before submissions were compressed is JSON as it is.
    found: dict[str, Any] = orjson.loads(content if content[:1] == b"{" else zlib.decompress(content))
    return found
