"""What is thrown away after its time: nothing that belongs to a case."""

from __future__ import annotations

from service.casework import materials
from service.casework.context import Office
from service.store import attempts, requests, sessions, undo
from service.store.db import transaction


def expire_requests() -> int:
    """Forget the answers kept for requests that may be repeated, wrong passwords, ended sessions nobody could use any
    more, and what undid acts that are final.

    The number forgotten.
    """
    with transaction() as connection:
        final = undo.expire(connection)
    return requests.expire() + attempts.expire() + sessions.expire() + final


def sweep_materials(office: Office) -> int:
    """Remove drafts of materials nobody has handed in for long, and contents nobody refers to; how many rows."""
    return materials.sweep(office)
