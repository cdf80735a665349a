"""Regions by their six-digit code: the chain a rule is looked up on, and what each region's folder covers.

A code's chain is county → prefecture → province → the nation. Regions without a folder are implied.
It must not know what lies in a folder besides ``region.yaml``, nor any single region.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import MappingProxyType

from service.errors import BadDefinition, NotFound
from service.policy.reader import Reader

NATIONAL = "000000"

_CODE = re.compile(r"\d{6}", re.ASCII)
_FOLDER = re.compile(r"(\d{6})-[a-z][a-z0-9-]*", re.ASCII)
_SYSTEM = re.compile(r"[1-9]-[1-9]")


@dataclass(frozen=True, kw_only=True)
class Region:
    """One region. An implied one (no folder) takes stages and school system from the next wider region."""

    code: str
    name: str
    parent: str | None
    folder: Path | None
    stages: frozenset[str]
    in_force_from: date | None = None
    in_force_until: date | None = None
    school_system: str
    counties: Mapping[str, str] = field(default_factory=dict, compare=False)
    central_urban_area: frozenset[str] = frozenset()

    def in_force(self, on: date) -> bool:
        """Whether the region's own rules are in force that day; the last day counts."""
        begun = self.in_force_from is None or self.in_force_from <= on
        return begun and (self.in_force_until is None or on <= self.in_force_until)

    def covers(self, stage: str | None) -> bool:
        """Whether the region's own rules speak of a stage; no stage asked means any."""
        return stage is None or stage in self.stages


class Regions:
    """All regions that have a folder, the nation among them, and the implied ones between."""

    def __init__(self, regions: Mapping[str, Region], names: Mapping[str, str], flat: frozenset[str]) -> None:
        self._regions, self._names, self._flat = dict(regions), dict(names), flat

    @classmethod
    def load(cls, processes: Path) -> Regions:
        """Read processes/region.yaml and every processes/regions/<code>-<slug>/region.yaml."""
        national = _Entry(processes, processes.name)
        region = national.region(None, NATIONAL)
        flat = frozenset(national.reader.texts("municipalities", ()))
        names = {**national.reader.names("provinces"), NATIONAL: region.name}
        national.reader.done()
        found = cls({NATIONAL: region}, names, flat)
        for folder in sorted((processes / "regions").glob("*")):
            if folder.is_dir():
                found._add(folder, f"{processes.name}/regions/{folder.name}")
        return found

    def _add(self, folder: Path, label: str) -> None:
        match = _FOLDER.fullmatch(folder.name)
        if match is None:
            cure = "改成“六位行政区划代码-小写拼音”"
            raise BadDefinition(f"地区文件夹“{folder.name}”的名称不合规则", file=label, cure=cure)
        code = match.group(1)
        if code in self._regions:
            raise BadDefinition(f"代码 {code} 有两个文件夹", file=label, cure="合并为一个文件夹")
        entry = _Entry(folder, label)
        region = entry.region(self._parent(code), code)
        entry.reader.done()
        self._regions[code] = region
        self._names |= {**region.counties, code: region.name}

    def get(self, code: str) -> Region:
        """The region of a code, implied if it has no folder."""
        return self.chain(code)[0]

    def chain(self, code: str) -> tuple[Region, ...]:
        """The regions a rule is looked up in, nearest first, the nation last."""
        self._check(code)
        codes = [code]
        while (parent := self._parent(codes[-1])) is not None:
            codes.append(parent)
        chain: list[Region] = []
        for each in reversed(codes):
            chain.insert(0, self._regions[each] if each in self._regions else self._implied(each, chain[0]))
        return tuple(chain)

    def with_folders(self) -> tuple[Region, ...]:
        """Every region that has a folder, the nation first, then by code."""
        return tuple(self._regions[code] for code in sorted(self._regions))

    def _implied(self, code: str, wider: Region) -> Region:
        name, parent = self._names.get(code, code), self._parent(code)
        return Region(
            code=code,
            name=name,
            parent=parent,
            folder=None,
            stages=wider.stages,
            school_system=wider.school_system,
        )

    def _parent(self, code: str) -> str | None:
        """One step wider. A municipality has no prefectures, so its districts lie right under it."""
        if code == NATIONAL:
            return None
        province = code[:2] + "0000"
        if code == province:
            return NATIONAL
        prefecture = code[:4] + "00"
        return province if code == prefecture or province in self._flat else prefecture

    def _check(self, code: str) -> None:
        if not _CODE.fullmatch(code):
            raise NotFound(f"“{code}”不是六位的地区代码", cure="使用六位行政区划代码（见国家标准 GB/T 2260）")
        if code[:2] + "0000" not in self._names:
            raise NotFound(f"没有代码为 {code} 的地区", cure="核对代码的前两位（省级）")
        wider = self._parent(code)
        listed = self._regions[wider].counties if wider in self._regions else {}
        if listed and code not in listed and code not in self._regions:
            name = self._names[wider] if wider else ""
            cure = f"核对代码，或在{name}的 region.yaml 的 counties 中补上"
            raise NotFound(f"{name}没有代码为 {code} 的县（市、区）", cure=cure)


class _Entry:
    """A region.yaml being read."""

    def __init__(self, folder: Path, label: str) -> None:
        self.folder = folder
        path = folder / "region.yaml"
        if not path.is_file():
            cure = "在文件夹里放一个 region.yaml，写明 code、name、stages、school_system"
            raise BadDefinition("缺少 region.yaml", file=label, cure=cure)
        self.reader = Reader.of_file(path, f"{label}/region.yaml")

    def region(self, parent: str | None, code: str) -> Region:
        reader = self.reader
        if reader.text("code") != code:
            raise reader.bad(f"code 与所在文件夹的代码 {code} 不一致", "code", f'写成 code: "{code}"')
        counties = reader.names("counties")
        centre = frozenset(reader.texts("central_urban_area", ()))
        if not centre <= set(counties):
            cure = "central_urban_area 只能列出 counties 中的代码"
            raise reader.bad("中心城区里有不属于本地区的代码", "central_urban_area", cure)
        first, last = self._in_force()
        return Region(
            code=code,
            name=reader.text("name"),
            parent=parent,
            folder=self.folder,
            stages=frozenset(reader.texts("stages")),
            in_force_from=first,
            in_force_until=last,
            school_system=self._school_system(),
            counties=MappingProxyType(counties),
            central_urban_area=centre,
        )

    def _in_force(self) -> tuple[date | None, date | None]:
        if not self.reader.has("in_force"):
            return None, None
        table = self.reader.table("in_force")
        first, last = table.day_or_none("from"), table.day_or_none("until")
        table.done()
        if first and last and last < first:
            raise table.bad("终止日早于起始日", "until", "until 写最后一个有效日")
        return first, last

    def _school_system(self) -> str:
        system = self.reader.text("school_system")
        if not _SYSTEM.fullmatch(system):
            raise self.reader.bad(f"学制“{system}”写法不对", "school_system", "写成 6-3 或 5-4（加引号）")
        return system
