"""What every verb works with: the shelf of definitions. Built once a process, by the application."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from service.casework.shelf import Shelf
from service.casework.surroundings import Surroundings
from service.errors import NotFound
from service.store.db import transaction
from service.store.progress import lock_instance, read_case
from service.store.rows import LockedInstance


@dataclass(frozen=True)
class Office:
    """The workplace of the verbs of one process."""

    shelf: Shelf

    @contextmanager
    def locked(self, instance_id: str) -> Iterator[tuple[Connection, LockedInstance, Surroundings]]:
        """One transaction with an instance locked and its surroundings read."""
        with transaction() as connection:
            yield connection, *self.open(connection, instance_id)

    def open(self, connection: Connection, instance_id: str) -> tuple[LockedInstance, Surroundings]:
        """Lock an instance and read its case. Raises NotFound."""
        locked = lock_instance(connection, instance_id)
        case = read_case(connection, locked.case_number) if locked is not None else None
        if locked is None or case is None:
            raise NotFound("没有这个办件", cure="请核对编号，或刷新列表")
        side = replace(case, region=locked.region or case.region)
        return locked, Surroundings(connection, self.shelf, side)
