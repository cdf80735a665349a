"""Rotating the keys of personal data: what lies under old ones is sealed anew, in batches beside normal work."""

from __future__ import annotations

from collections.abc import Iterator

from service.store import numbers, personal
from service.store.db import transaction
from service.store.notes import note
from service.store.rows import NewEntry
from service.store.vault import vault

_AT_ONCE = 500


def rotate() -> dict[str, int]:
    """Seal everything under the current key; how much was changed in each table. Safe to repeat and to break off."""
    counts = {where.table: sum(_resealed(where)) for where in personal.TABLES}
    counts["digests"] = sum(_reindexed())
    with transaction() as connection:
        detail = {"key": vault().current, "changed": counts}
        note(connection, NewEntry(actor="system", verb="rotate_keys", detail=detail))
    return counts


def _resealed(where: personal.Sealed) -> Iterator[int]:
    done = where.batch
    while done == where.batch:
        with transaction() as connection:
            done = personal.reseal(connection, where)
        yield done


def _reindexed() -> Iterator[int]:
    for reindex in (personal.reindex, numbers.reindex):
        after: str | None = ""
        while after is not None:
            with transaction() as connection:
                after, changed = reindex(connection, after, _AT_ONCE)
            yield changed
