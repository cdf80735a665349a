"""What the engine sees of the world during one verb: the tables, the law and the versions in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import Connection

from service.casework.shelf import Shelf
from service.checks.case_host import CaseHost
from service.engine import Definition
from service.policy.calendar import Calendar
from service.registry.case_records import CaseRecords
from service.registry.changes import Change, NotifyGuardian
from service.registry.model import CaseView
from service.store.changes import apply_change
from service.store.rows import CaseRow, Finished, NewOutbox
from service.store.snapshots import RegistryTables


class Surroundings(CaseHost):
    """The host of one transaction. The registry is read when first asked, and again after it changed."""

    def __init__(self, connection: Connection, shelf: Shelf, case: CaseRow) -> None:
        self.connection, self.shelf, self.case = connection, shelf, case
        self.rules = shelf.rules
        self.outbox: list[NewOutbox] = []
        self.changes: list[Change] = []
        self.finished: Finished | None = None  # the form this verb hands in
        super().__init__(
            CaseRecords(
                RegistryTables(connection),
                self.rules.law,
                view_of(case),
                now=case.now,
                calendar=self.rules.calendar(case.region),
                apply=self._apply,
            )
        )

    def calendar(self, tenant: str | None) -> Calendar:
        return self.rules.calendar(tenant)

    def definition(self, process_id: str, tenant: str | None) -> Definition:
        return self.shelf.current(self.connection, process_id, tenant, self.now.date(), self.case.release)

    def by_digest(self, digest: str, process_id: str) -> Definition:
        return self.shelf.by_digest(self.connection, digest, process_id)

    def settle_parties(self, parties: Mapping[str, str]) -> None:
        """Write down who plays a party from now on."""
        super().settle_parties(parties)
        self.case = replace(self.case, parties=self.records.case.parties)

    def _apply(self, changes: tuple[Change, ...]) -> None:
        for change in changes:
            self.changes.append(change)
            if isinstance(change, NotifyGuardian):
                payload = {"student": change.student, "text": change.text}
                self.outbox.append(NewOutbox(kind="notify", name="guardian", payload=payload))
            else:
                apply_change(self.connection, change)


def view_of(case: CaseRow) -> CaseView:
    """The case as the registry knows it."""
    return CaseView(
        number=case.number,
        procedure=case.procedure,
        region=case.region,
        student=case.student,
        started=case.started,
        parties=case.parties,
        form=case.form,
    )
