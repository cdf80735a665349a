"""What the engine sees of the registry during one act: facts, actions, parties.

The verbs on tables and the in-memory desk add where definitions come from. Knows no table.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from service.engine import BpmnError
from service.policy.values import Value
from service.registry.case_records import CaseRecords
from service.registry.errors import ActionRefused


class CaseHost:
    """The registry's half of an engine host."""

    def __init__(self, records: CaseRecords) -> None:
        self.records = records
        self.new_parties: dict[str, str] = {}

    @property
    def now(self) -> datetime:
        return self.records.now

    def fact(self, name: str) -> Value:
        return self.records.fact(name)

    def work(self, topic: str, inputs: Mapping[str, Value], since: datetime) -> Mapping[str, Value]:
        """Do a registry action; what it refuses, an error boundary event may catch."""
        try:
            self.records.work(topic, inputs, since)
        except ActionRefused as refusal:
            told = refusal.problem
            raise BpmnError(
                refusal.error_code, told.message, cure=told.cure, clauses=told.clauses
            ) from refusal
        return {}

    def unit_of(self, party: str) -> str:
        """The unit of a party; one found only now is settled for the rest of the case."""
        known = self.records.case.parties.get(party)
        if known is None:
            known = self.records.party(party).id
            self.settle_parties({party: known})
        return known

    def settle_parties(self, parties: Mapping[str, str]) -> None:
        """Write down who plays a party from now on."""
        if parties:
            self.new_parties.update(parties)
            self.records.settle(parties)
