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
from service.store.progress import lock
from service.store.rows import Locked, LockedInstance


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
        found = self.opened(connection, instance_id)
        return found.instance, self.around(connection, found)

    def opened(self, connection: Connection, instance_id: str, task_id: str = "") -> Locked:
        """Lock an instance and read its case, and one of its tasks. Raises NotFound."""
        found = lock(connection, instance_id, task_id)
        if found is None:
            raise NotFound("没有这个办件", cure="请核对编号，或刷新列表")
        return found

    def around(self, connection: Connection, found: Locked) -> Surroundings:
        """The surroundings of the side an instance runs for."""
        side = replace(found.case, region=found.instance.region or found.case.region)
        return Surroundings(connection, self.shelf, side)
