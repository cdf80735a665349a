"""Everything that is in force, read from files once: law, bundles, compiled definitions, calendars, the world.

A definition is compiled once for each content and region. Uploaded files stand in place of those on disk,
for the checks before a deployment. Knows no case.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cached_property
from pathlib import Path

from service.checks.world import InMemoryWorld
from service.engine import Definition, compile_files
from service.engine.decisions import Decision, parse_dmn
from service.engine.dialect import read_diagram
from service.engine.model import Diagram
from service.errors import BadDefinition, NotFound
from service.policy.calendar import Calendar
from service.policy.clauses import Clauses
from service.policy.forms import Form, parse_form
from service.policy.library import Bundle, Library, overlay
from service.policy.regions import NATIONAL, Region
from service.policy.shelves import Source
from service.registry.law import Law
from service.registry.world_data import WorldData
from service.registry.world_file import load_world

Upload = Mapping[str, bytes]


class Rulebook:
    """processes/ and forms/ as one object; ``uploads`` are files by the code of the region they are meant for."""

    def __init__(self, processes: Path, forms: Path, *, uploads: Mapping[str, Upload] | None = None) -> None:
        self.processes, self.forms = processes, forms
        self.library = Library(processes, forms)
        self.law = Law(processes, self.library.regions)
        self.uploads = dict(uploads or {})
        self._calendars: dict[str, Calendar] = {}
        self._empty()

    def with_uploads(self, uploads: Mapping[str, Upload]) -> Rulebook:
        """The same rules with these files in place of those of the same name."""
        twin = Rulebook.__new__(Rulebook)
        twin.__dict__.update(self.__dict__)
        twin.uploads = {code: {**self.uploads.get(code, {}), **files} for code, files in uploads.items()}
        twin._empty()
        return twin

    def _empty(self) -> None:
        """Nothing of what depends on uploads is known yet."""
        self._bundles: dict[tuple[str, date], Bundle] = {}
        self._changes: dict[str, tuple[date, ...]] = {}
        self._files: dict[tuple[str, date], Mapping[str, str]] = {}
        self._compiled: dict[tuple[str, str], Definition] = {}
        self._current: dict[tuple[str, str, date], Definition | None] = {}
        self._homes: dict[str, Bundle] = {}
        self._forms: dict[str, Form] = {}
        self._decisions: dict[str, Mapping[str, Decision]] = {}
        self._read: dict[str, Diagram] = {}

    @cached_property
    def clauses(self) -> Clauses:
        """The catalogue of clauses."""
        return Clauses.load(self.processes / "clauses")

    @cached_property
    def world_data(self) -> WorldData:
        """Units, people and students of every world.yaml."""
        return load_world(self.processes, self.law)

    @cached_property
    def world(self) -> InMemoryWorld:
        """The world before anything happened; scenarios work on forks."""
        return InMemoryWorld(self.world_data)

    @property
    def regions(self) -> tuple[Region, ...]:
        """Regions with a folder, the nation first: each has a bundle of its own."""
        return self.law.regions.with_folders()

    def calendar(self, code: str | None) -> Calendar:
        """The calendar of a region or county; None is the nation's."""
        code = code or NATIONAL
        if code not in self._calendars:
            self._calendars[code] = Calendar.load(self.processes, self.law.regions.chain(code))
        return self._calendars[code]

    def bundle(self, code: str, on: date) -> Bundle:
        """The files in force for a region on a day, uploads included."""
        key = (code, self._since(code, on))
        if key not in self._bundles:
            self._bundles[key] = self._with_uploads(self.library.bundle(*key))
        return self._bundles[key]

    def bundles(self, code: str) -> tuple[Bundle, ...]:
        """A region's bundles, one for each day from which its files differ."""
        return tuple(self.bundle(code, since) for since in self.changes(code))

    def changes(self, code: str) -> tuple[date, ...]:
        """The days from which a region's bundle may differ from the day before."""
        if code not in self._changes:
            self._changes[code] = self.library.changes(code)
        return self._changes[code]

    def current(self, process_id: str, code: str, on: date) -> Definition | None:
        """A region's own definition of a process on a day; None when its bundle has none."""
        since = self._since(code, on)
        key = (process_id, code, since)
        if key not in self._current:
            name = self._diagrams(code, since).get(process_id)
            self._current[key] = self._compile(self.bundle(code, since), name, process_id) if name else None
        return self._current[key]

    def awaiting(self, message: str, code: str, on: date) -> Definition | None:
        """The process of a region's bundle that begins with this message; None when there is none."""
        for process_id in sorted(self._diagrams(code, self._since(code, on))):
            found = self.current(process_id, code, on)
            if found is not None and found.begins_with(message):
                return found
        return None

    def definition(self, process_id: str, code: str | None, on: date) -> Definition:
        """The definition a region uses: its own or the nearest wider one. Raises NotFound."""
        for region in self.law.regions.chain(code or NATIONAL):
            found = self.current(process_id, region.code, on) if region.folder else None
            if found is not None:
                return found
        raise NotFound(f"没有可用的流程“{process_id}”", cure="请检查调用活动的被调用元素，或补上该流程")

    def has(self, process_id: str, code: str, on: date) -> bool:
        """Whether a region finds a process, its own or a wider one's, be it one that can be used or not."""
        return any(
            process_id in self._diagrams(region.code, self._since(region.code, on))
            for region in self.law.regions.chain(code)
            if region.folder
        )

    def by_digest(self, digest: str, process_id: str) -> Definition:
        """A definition that was found before."""
        return self._compiled[digest, process_id]

    def definitions(self, bundle: Bundle, name: str) -> tuple[Definition, ...]:
        """Every process of a diagram of a bundle. Raises BadDefinition."""
        ids = bundle.references(name).defines
        return tuple(self._compile(bundle, name, each) for each in sorted(ids))

    def home(self, digest: str) -> Bundle:
        """The bundle a definition was compiled from."""
        return self._homes[digest]

    def wider(self, source: Source, on: date) -> Source | None:
        """The file of a wider region that a region's own file stands in place of, if there is one."""
        around = self.law.regions.chain(source.region)[1:]
        return self.bundle(around[0].code, on).files.get(source.name) if around else None

    def diagram(self, source: Source) -> Diagram:
        """A diagram as drawn. Raises BadDefinition."""
        if source.digest not in self._read:
            self._read[source.digest] = read_diagram(source.content, source.name)
        return self._read[source.digest]

    def decisions(self, source: Source) -> Mapping[str, Decision]:
        """The tables of a file, by id. Raises BadDefinition."""
        if source.digest not in self._decisions:
            self._decisions[source.digest] = parse_dmn(source.content, source.name)
        return self._decisions[source.digest]

    def form_of(self, digest: str, form_id: str) -> Form:
        """A form as it lies beside a definition. Raises NotFound."""
        form = self.form(self._homes[digest], form_id)
        if form is None:
            raise NotFound(f"没有表单 {form_id}", cure="请检查用户任务的表单引用（formRef）")
        return form

    def form(self, bundle: Bundle, form_id: str) -> Form | None:
        """A form of a bundle. Raises BadDefinition when it cannot be used."""
        source = bundle.files.get(f"{form_id}.form")
        if source is None:
            return None
        if source.digest not in self._forms:
            self._forms[source.digest] = parse_form(source.content, source.name)
        return self._forms[source.digest]

    def _since(self, code: str, on: date) -> date:
        return max(day for day in self.changes(code) if day <= on)

    def _with_uploads(self, bundle: Bundle) -> Bundle:
        """Files uploaded for a wider region count where the nearer one has none of that name."""
        chain = [region.code for region in self.law.regions.chain(bundle.region.code)]
        for code in reversed([one for one in chain if one in self.uploads]):
            nearer = chain[: chain.index(code)]
            files = {
                name: content
                for name, content in self.uploads[code].items()
                if not (name in bundle.files and bundle.files[name].region in nearer)
            }
            bundle = overlay(bundle, files) if files else bundle
        return bundle

    def _diagrams(self, code: str, since: date) -> Mapping[str, str]:
        """File names by process id."""
        key = (code, since)
        if key not in self._files:
            bundle = self.bundle(code, since)
            names = (name for name in bundle.files if name.endswith(".bpmn"))
            self._files[key] = {each: name for name in names for each in _defines(bundle, name)}
        return self._files[key]

    def _compile(self, bundle: Bundle, name: str, process_id: str) -> Definition:
        code = bundle.region.code
        digest = f"{bundle.digest(name)}@{code}"
        if (digest, process_id) not in self._compiled:
            contents = {each: bundle.files[each].content for each in bundle.closure(name)}
            tenant = None if code == NATIONAL else code
            for definition in compile_files(contents, name, digest=digest, tenant=tenant):
                self._compiled[digest, definition.process_id] = definition
            self._homes[digest] = bundle
        return self._compiled[digest, process_id]


def _defines(bundle: Bundle, name: str) -> Iterable[str]:
    """Processes of a diagram; one that cannot be read goes by its name, and the checks tell why."""
    try:
        return bundle.references(name).defines
    except BadDefinition:
        return (name.removesuffix(".bpmn"),)
