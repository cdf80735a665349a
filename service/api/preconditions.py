"""Strong ETags on what may change, and If-Match before it is changed.

A tag is a letter for the kind of thing and its revision. Whether a write still meets the revision the caller has
read is decided by the verb, under the lock.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask import Flask, Response, g, request

_TAG = re.compile(r'\A"([a-z])(\d{1,18})"\Z')


def tagged(letter: str, revision: int) -> None:
    """Say which revision of a thing the answer shows."""
    g.etag = f"{letter}{revision}"


def tagged_row(letter: str, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Like ``tagged``, for a row that knows its revision; hands the row on."""
    tagged(letter, row["revision"])
    return row


def expected(letter: str) -> frozenset[int] | None:
    """The revisions If-Match accepts; None when any will do. A tag of something else matches nothing."""
    given = request.headers.get("If-Match")
    if given is None or given.strip() == "*":
        return None
    found = (_TAG.match(part.strip()) for part in given.split(","))
    return frozenset(int(one.group(2)) for one in found if one is not None and one.group(1) == letter)


def install(app: Flask) -> None:
    """Write the tag on answers, and spare the body where the caller has it."""
    app.after_request(_tag)


def _tag(answer: Response) -> Response:
    tag = g.get("etag")
    if tag is None or answer.status_code != 200:
        return answer
    answer.set_etag(tag)
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["Vary"] = "Authorization"
    if request.method == "GET":
        answer.make_conditional(request)
    return answer
