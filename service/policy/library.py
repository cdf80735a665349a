"""From folders to the files in force: for each name the nearest one on a region's chain, and why.

It must not know what runs the files; it finds them, follows their references and says where they came from.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType

from service.errors import BadDefinition, NotFound
from service.policy.references import References, references
from service.policy.regions import NATIONAL, Region, Regions
from service.policy.shelves import KINDS, Shelf, Source, source

Chain = tuple[Region, ...]

_KIND_OF_REFERENCE = {"processes": ".bpmn", "decisions": ".dmn", "forms": ".form"}


@dataclass(frozen=True, kw_only=True)
class Step:
    """One region asked for a file, and what it answered."""

    region: str
    name_zh: str
    verdict: str
    path: str | None = None


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """The files that hold in a region on a day, each the nearest of its name."""

    region: Region
    on: date
    stage: str | None
    files: Mapping[str, Source]
    _walk: Callable[[str], tuple[Step, ...]] = field(repr=False, compare=False)
    _closures: dict[str, tuple[str, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def provenance(self, name: str) -> tuple[Step, ...]:
        """The walk that found a file, nearest region first."""
        return self._walk(name)

    def closure(self, name: str) -> tuple[str, ...]:
        """A file and all it leans on, directly or not, by name. What is missing is left to the compiler."""
        if name not in self._closures:
            self._closures[name] = self._follow(name)
        return self._closures[name]

    def _follow(self, name: str) -> tuple[str, ...]:
        seen: set[str] = set()
        waiting = [self._file(name).name]
        while waiting:
            current = waiting.pop()
            if current not in seen:
                seen.add(current)
                waiting.extend(self._targets(self.references(current)))
        return tuple(sorted(seen))

    def digest(self, name: str) -> str:
        """One fingerprint of everything a file leans on; it changes if and only if one of them does."""
        lines = (f"{each}\n{self.files[each].digest}\n" for each in self.closure(name))
        return hashlib.sha256("".join(lines).encode()).hexdigest()

    def procedures(self) -> tuple[str, ...]:
        """The keys a case can begin with."""
        names = (name for name in self.files if name.endswith(".bpmn") and self._readable(name).startable)
        return tuple(sorted(name.removesuffix(".bpmn") for name in names))

    def references(self, name: str) -> References:
        """What a file of the bundle defines and leans on."""
        found = self._file(name)
        return references(found.content, found.path)

    def _file(self, name: str) -> Source:
        try:
            return self.files[name]
        except KeyError:
            cure = "核对文件名，或把文件放进 processes/、forms/ 或地区文件夹"
            raise NotFound(f"{self.region.name}没有文件“{name}”", cure=cure) from None

    def _targets(self, wanted: References) -> Iterable[str]:
        for kind, suffix in _KIND_OF_REFERENCE.items():
            ids: frozenset[str] = getattr(wanted, kind)
            if ids:
                yield from (name for name in self._with(suffix) if self._readable(name).defines & ids)

    def _with(self, suffix: str) -> Iterable[str]:
        return (name for name in self.files if name.endswith(suffix))

    def _readable(self, name: str) -> References:
        """References of any file. One that cannot be read is known by its stem; its compiler says why."""
        try:
            return self.references(name)
        except BadDefinition:
            return References(defines=frozenset({Path(name).stem}))


def overlay(bundle: Bundle, files: Mapping[str, bytes]) -> Bundle:
    """The bundle as it would be with uploaded files in place of those of the same name."""
    for name in files:
        _check_upload(name)
    code = bundle.region.code
    read = (source(name, content, code, name) for name, content in files.items())
    added = {one.name: replace(one, uploaded=True) for one in read}
    step = Step(region=code, name_zh=bundle.region.name, verdict="采用本次上传的文件")

    def walk(name: str) -> tuple[Step, ...]:
        return (replace(step, path=name),) if name in added else bundle.provenance(name)

    return replace(bundle, files=MappingProxyType({**bundle.files, **added}), _walk=walk)


def _check_upload(name: str) -> None:
    if Path(name).name != name or Path(name).suffix not in KINDS or name.startswith("."):
        cure = f"只上传 {'、'.join(KINDS)} 文件，文件名不带路径"
        raise BadDefinition(f"不能上传“{name}”", file=name, cure=cure)


class Library:
    """A snapshot of processes/ and forms/: every region's shelf, read once."""

    def __init__(self, processes: Path, forms: Path) -> None:
        self.regions = Regions.load(processes)
        folders = {one.code: one.folder for one in self.regions.with_folders() if one.folder}
        self._shelves = {
            code: Shelf.read(code, (folder, forms) if code == NATIONAL else (folder,))
            for code, folder in folders.items()
        }

    def bundle(self, code: str, on: date, stage: str | None = None) -> Bundle:
        """The files in force for a region that day, passing over regions that do not speak of the stage."""
        chain = self.regions.chain(code)
        files: dict[str, Source] = {}
        for region in chain:
            shelf = self._shelf(region, on, stage)
            for found in shelf.all_on(on) if shelf else ():
                files.setdefault(found.name, found)
        return Bundle(
            region=chain[0],
            on=on,
            stage=stage,
            files=MappingProxyType(dict(sorted(files.items()))),
            _walk=lambda name: self._provenance(chain, on, stage, name),
        )

    def procedures(self, code: str, on: date | None = None) -> tuple[str, ...]:
        """The procedures that can be started in a region on a day, or on any day if none is given."""
        days = self.changes(code) if on is None else (on,)
        return tuple(sorted({key for day in days for key in self.bundle(code, day).procedures()}))

    def changes(self, code: str) -> tuple[date, ...]:
        """The days from which a region's bundle may differ from before; the first stands for always."""
        days = {date.min}
        for region in self.regions.chain(code):
            if region.code in self._shelves:
                days.update(self._days_of(region))
        return tuple(sorted(days))

    def _days_of(self, region: Region) -> Iterable[date]:
        versions = self._shelves[region.code].versions.values()
        yield from (one.since for each in versions for one in each if one.since)
        if region.in_force_from:
            yield region.in_force_from
        if region.in_force_until:
            yield region.in_force_until + timedelta(days=1)

    def _shelf(self, region: Region, on: date, stage: str | None) -> Shelf | None:
        return None if _passed_over(region, on, stage) else self._shelves.get(region.code)

    def _provenance(self, chain: Chain, on: date, stage: str | None, name: str) -> tuple[Step, ...]:
        steps: list[Step] = []
        for region in chain:
            shelf = self._shelf(region, on, stage)
            found = shelf.on(name, on) if shelf else None
            verdict = _passed_over(region, on, stage) or _verdict(shelf, found, name)
            verdict += "" if found or region.code == NATIONAL else "，向上一级查找"
            path = found.path if found else None
            steps.append(Step(region=region.code, name_zh=region.name, verdict=verdict, path=path))
            if found:
                break
        return tuple(steps)


_STAGES = {"primary": "小学", "junior": "初中", "senior": "高中"}


def _passed_over(region: Region, on: date, stage: str | None) -> str:
    """Why a region's own folder does not count, empty when it does; the nation always counts."""
    if region.folder is None or region.code == NATIONAL:
        return ""
    if not region.covers(stage):
        return f"本地规定不适用于{_STAGES.get(stage or '', stage)}，不采用"
    if region.in_force(on):
        return ""
    if region.in_force_from and on < region.in_force_from:
        return f"本地规定自 {region.in_force_from} 起施行，尚未生效"
    return f"本地规定有效期至 {region.in_force_until}，已经终止"


def _verdict(shelf: Shelf | None, found: Source | None, name: str) -> str:
    if shelf is None:
        return "没有自己的文件夹"
    if found:
        return "采用" if found.since is None else f"采用自 {found.since} 起施行的版本"
    if versions := shelf.versions.get(name):
        return f"{name} 自 {versions[-1].since} 起才施行"
    return f"没有 {name}"
