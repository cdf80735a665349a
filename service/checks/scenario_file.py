"""Reading ``<key>.scenarios.yaml`` strictly: a closed list of keywords, every mistake with file and line.

Common parts and passages are put in place here, so that a scenario that comes out is complete. Runs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from service.checks import scenario_steps as steps
from service.checks.scenario import Scenario, Start, Step
from service.errors import BadDefinition
from service.policy import strict_yaml
from service.policy.reader import Reader
from service.policy.regions import Regions
from service.policy.strict_yaml import Rows

SUFFIX = ".scenarios.yaml"


def scenario_files(regions: Regions) -> Iterator[tuple[str, Path]]:
    """Every scenario file with the code of the region it belongs to, the nation's first."""
    for region in regions.with_folders():
        folder = region.folder
        dated = sorted(folder.glob(f"since-*/*{SUFFIX}")) if folder else []
        for path in (*(sorted(folder.glob(f"*{SUFFIX}")) if folder else ()), *dated):
            yield region.code, path


def load_scenarios(processes: Path, path: Path, region: str) -> tuple[Scenario, ...]:
    """The scenarios of a file; messages call it by its path from the folder above processes/."""
    whole = path.resolve()
    label = str(whole.relative_to(processes.resolve().parent)) if _inside(whole, processes) else str(path)
    return read_scenarios(path.read_bytes(), label, region)


def read_scenarios(content: bytes, file: str, region: str) -> tuple[Scenario, ...]:
    """Scenarios from a file's content. Raises BadDefinition naming file and line."""
    data = strict_yaml.load(content, file)
    if not isinstance(data, Rows):
        raise BadDefinition(
            "场景文件应当是一个列表", file=file, line=1, cure="每个场景写成一项，以 - scenario: 开头"
        )
    reading = _Reading(file, region)
    for item, line in zip(data, data.lines, strict=True):
        reading.take(Reader(item, file, line, "场景文件的每一项"))
    return tuple(reading.scenarios)


def _inside(path: Path, processes: Path) -> bool:
    return path.is_relative_to(processes.resolve().parent)


@dataclass(frozen=True, kw_only=True)
class _Common:
    """What the scenarios after it share."""

    at: Reader | None = None
    procedure: str = ""
    start: steps.StartParts = field(default_factory=steps.StartParts)
    steps: tuple[Step, ...] = ()


class _Reading:
    """One file being read."""

    def __init__(self, file: str, region: str) -> None:
        self.file, self.region = file, region
        self.common = _Common(procedure=Path(file).name.removesuffix(SUFFIX))
        self.passages: dict[str, tuple[Step, ...]] = {}
        self.scenarios: list[Scenario] = []

    def take(self, item: Reader) -> None:
        if item.has("common"):
            self._take_common(item.table("common"))
        elif item.has("passage"):
            self._take_passage(item)
        else:
            self.scenarios.append(self._scenario(item))
        item.done()

    def _take_common(self, part: Reader) -> None:
        parts = steps.StartParts.read(part.table("start")) if part.has("start") else steps.StartParts()
        self.common = _Common(
            at=part if part.has("at") else None,
            procedure=part.text("procedure", Path(self.file).name.removesuffix(SUFFIX)),
            start=parts,
            steps=self._steps(part),
        )
        part.done()

    def _take_passage(self, item: Reader) -> None:
        name = item.text("passage")
        if name in self.passages:
            raise item.bad(f"步骤段“{name}”已经有了", "passage", "改名")
        self.passages[name] = self._steps(item)

    def _scenario(self, item: Reader) -> Scenario:
        name = item.text("scenario")
        if any(one.name == name for one in self.scenarios):
            raise item.bad(f"场景“{name}”已经有了", "scenario", "改名，每个场景用一句话说清楚它证明什么")
        refused = steps.words(item, "refused")
        ends = item.text("ends", "")
        if refused and (ends or item.has("steps")):
            raise item.bad("不予受理的场景没有步骤和结果", "refused", "删去 steps 和 ends，或删去 refused")
        start = self._beginning(item)
        procedure = item.text("procedure", start.procedure)
        own = self._steps(item)
        return Scenario(
            name=name,
            file=self.file,
            line=item.line,
            region=self.region,
            at=steps.instant(item if item.has("at") or self.common.at is None else self.common.at, "at"),
            start=replace(start, refused=refused, procedure=procedure),
            steps=() if refused else (*self.common.steps, *own),
            ends=ends,
            clauses=item.texts("clauses", ()),
        )

    def _beginning(self, item: Reader) -> Start:
        """Who starts what; or, with ``watch``, for whom nobody does; or, with ``deploy``, what starts by itself."""
        if item.has("deploy"):
            if any(item.has(key) for key in ("start", "watch", "refused")):
                raise item.bad(
                    "自己开始的业务没有人提出申请", "deploy", "删去 start、watch 和 refused，或删去 deploy"
                )
            told = item.table("deploy")
            procedure = told.text("procedure", self.common.procedure)
            deployed = Start(line=item.line, procedure=procedure, region=told.text("region", self.region))
            told.done()
            return deployed
        if item.has("watch"):
            if item.has("start") or item.has("refused"):
                raise item.bad("只旁观的场景没有人提出申请", "watch", "删去 start 和 refused，或删去 watch")
            return Start(line=item.line, by="", student=item.text("watch"), procedure=self.common.procedure)
        parts = steps.StartParts.read(item.table("start")) if item.has("start") else steps.StartParts()
        return self.common.start.merged(parts).start(item, self.common.procedure)

    def _steps(self, part: Reader) -> tuple[Step, ...]:
        rows = part.tables("steps") if part.has("steps") else ()
        return tuple(step for row in rows for step in self._step(row))

    def _step(self, row: Reader) -> tuple[Step, ...]:
        if row.has("passage"):
            name = row.choice("passage", self.passages)
            row.done()
            return self.passages[name]
        return (steps.read_step(row, self.common),)
