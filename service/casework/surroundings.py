"""What the engine sees of the world during one verb: the tables, the law and the versions in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from service.casework.shelf import Shelf
from service.engine import BpmnError, Definition
from service.policy.calendar import Calendar
from service.policy.values import Value
from service.registry.case_records import CaseRecords
from service.registry.changes import Change, NotifyGuardian
from service.registry.errors import ActionRefused
from service.registry.model import CaseView
from service.store.changes import apply_change
from service.store.rows import CaseRow, Finished, NewOutbox
from service.store.snapshots import RegistryTables


class Surroundings:
    """The host of one transaction. The registry is read when first asked, and again after it changed."""

    def __init__(self, connection: Connection, shelf: Shelf, case: CaseRow) -> None:
        self.connection, self.shelf, self.case = connection, shelf, case
        self.rules = shelf.rules
        self.outbox: list[NewOutbox] = []
        self.changes: list[Change] = []
        self.new_parties: dict[str, str] = {}
        self.finished: Finished | None = None  # the form this verb hands in
        self.records = CaseRecords(
            RegistryTables(connection),
            self.rules.law,
            view_of(case),
            now=case.now,
            calendar=self.rules.calendar(case.region),
            apply=self._apply,
        )

    @property
    def now(self) -> datetime:
        return self.case.now

    def fact(self, name: str) -> Value:
        return self.records.fact(name)

    def calendar(self, tenant: str | None) -> Calendar:
        return self.rules.calendar(tenant)

    def definition(self, process_id: str, tenant: str | None) -> Definition:
        return self.shelf.current(self.connection, process_id, tenant, self.now.date(), self.case.release)

    def by_digest(self, digest: str, process_id: str) -> Definition:
        return self.shelf.by_digest(self.connection, digest, process_id)

    def work(self, topic: str, inputs: Mapping[str, Value]) -> Mapping[str, Value]:
        """Do a registry action in this transaction; what it refuses, an error boundary event may catch."""
        try:
            self.records.work(topic, inputs)
        except ActionRefused as refusal:
            raise BpmnError(refusal.error_code, refusal.message) from refusal
        return {}

    def unit_of(self, party: str) -> str:
        """The unit of a party; one found only now is settled for the rest of the case."""
        known = self.case.parties.get(party)
        if known is None:
            known = self.records.party(party).id
            self.settle_parties({party: known})
        return known

    def settle_parties(self, parties: Mapping[str, str]) -> None:
        """Write down who plays a party from now on."""
        if not parties:
            return
        self.new_parties.update(parties)
        self.case = replace(self.case, parties={**self.case.parties, **parties})
        self.records.settle(parties)

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
