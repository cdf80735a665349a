"""A small host for engine tests: a clock that is set by hand, facts and work given as plain functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from service.clock import ZONE
from service.engine import Definition, Instance, Outcome, UserTaskWait, compile_files
from service.policy.calendar import Calendar
from service.policy.regions import NATIONAL, Regions
from tests.engine.sketch import sketch

PROCESSES = Path(__file__).parents[2] / "processes"
REGIONS = Regions.load(PROCESSES)
CALENDAR = Calendar.load(PROCESSES, REGIONS.chain(NATIONAL))
START = datetime(2026, 9, 3, 9, tzinfo=ZONE)


class World:
    """Compiles sketches, keeps the clock, remembers the work done."""

    def __init__(self, *texts: str, files: Mapping[str, bytes] | None = None) -> None:
        self.now = START
        self.facts: dict[str, Any] = {}
        self.done: list[tuple[str, dict[str, Any]]] = []
        self.since: list[datetime] = []  # of each work done: when what led to it was due
        self.workers: dict[str, Callable[[Mapping[str, Any]], Mapping[str, Any]]] = {}
        self.definitions: dict[str, Definition] = {}
        extra = dict(files or {})
        for position, text in enumerate(texts):
            name = "p" if position == 0 else f"p{position + 1}"
            everything = {f"{name}.bpmn": sketch(text, name), **extra}
            for definition in compile_files(everything, f"{name}.bpmn", digest=f"digest-{name}"):
                self.definitions[definition.process_id] = definition

    def calendar(self, _tenant: str | None) -> Calendar:
        return CALENDAR

    def definition(self, process_id: str, _tenant: str | None) -> Definition:
        return self.definitions[process_id]

    def by_digest(self, _digest: str, process_id: str) -> Definition:
        return self.definitions[process_id]

    def fact(self, name: str) -> Any:
        return self.facts[name]

    def work(self, topic: str, inputs: Mapping[str, Any], since: datetime) -> Mapping[str, Any]:
        self.done.append((topic, dict(inputs)))
        self.since.append(since)
        return self.workers.get(topic, lambda _inputs: {})(inputs)

    def start(self, process: str = "p", **variables: Any) -> Run:
        return Run(self, Instance.start(self.definitions[process], self, variables, by="starter"))


class Run:
    """An instance that is saved and loaded after every act, the way it lives in the database."""

    def __init__(self, world: World, instance: Instance, *, reload: bool = True) -> None:
        self.world, self.instance, self.reload = world, instance, reload
        self.open: dict[str, Any] = {}
        self.flows: list[str] = []
        self.thrown: list[Any] = []
        self.ended: list[Any] = []
        self.end = ""
        self._settle()

    def _settle(self) -> Outcome:
        outcome = self.instance.settle()
        self.open.update({wait.id: wait for wait in outcome.created})
        for gone in outcome.ended:
            self.open.pop(gone.id, None)
        self.flows += [step.element for step in outcome.trail if step.kind == "flow"]
        self.thrown += outcome.thrown
        self.ended += outcome.ended
        if outcome.end:
            self.end = outcome.end.element
        if self.reload:
            self.instance = Instance.load(self.instance.save(), self.world)
        return outcome

    @property
    def tasks(self) -> list[str]:
        """Elements of the open user tasks, in the order they opened."""
        return [wait.element for wait in self.open.values() if isinstance(wait, UserTaskWait)]

    @property
    def completed(self) -> bool:
        return self.instance.completed

    @property
    def variables(self) -> Mapping[str, Any]:
        return self.instance.variables

    def find(self, element: str, position: int = 0) -> str:
        return [wait.id for wait in self.open.values() if wait.element == element][position]

    def do(self, element: str, position: int = 0, by: str = "someone", **values: Any) -> Run:
        """Complete the open user task (or external task) of an element."""
        identifier = self.find(element, position)
        if isinstance(self.open[identifier], UserTaskWait):
            self.instance.complete(identifier, values, by=by)
        else:
            self.instance.complete_external(identifier, values)
        self._settle()
        return self

    def fail(self, element: str, code: str) -> Run:
        self.instance.fail_external(self.find(element), code)
        self._settle()
        return self

    def wait(self, **delta: float) -> Run:
        """Let time pass, stopping at every due instant."""
        target = self.world.now + timedelta(**delta)
        while (due := self.instance.next_due()) is not None and due <= target:
            self.world.now = max(due, self.world.now)
            self.instance.fire_due()
            self._settle()
        self.world.now = target
        return self

    def message(self, name: str, **payload: Any) -> bool:
        delivered = self.instance.correlate(name, payload)
        self._settle()
        return delivered

    def signal(self, name: str, **payload: Any) -> int:
        heard = self.instance.signal(name, payload)
        self._settle()
        return heard

    def set(self, **values: Any) -> Run:
        self.instance.set_variables(values)
        self._settle()
        return self
