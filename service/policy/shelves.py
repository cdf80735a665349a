"""The files of one folder: which name lies there in which dated version.

A folder's own files are in force always, those in ``since-YYYY-MM-DD/`` from that day. It must not know
chains of regions nor what the files mean.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from service.errors import BadDefinition

KINDS = (".bpmn", ".dmn", ".form")
_SINCE = re.compile(r"since-(\d{4}-\d{2}-\d{2})", re.ASCII)
_MAY_BE_DATED = (*KINDS, "windows.yaml", ".scenarios.yaml")


@dataclass(frozen=True, kw_only=True)
class Source:
    """One file: its bytes, the region it belongs to, and from which day it holds."""

    name: str
    content: bytes = field(repr=False)
    region: str
    since: date | None
    path: str
    digest: str
    uploaded: bool = False


def source(name: str, content: bytes, region: str, path: str, since: date | None = None) -> Source:
    """A Source with its digest worked out."""
    digest = hashlib.sha256(content).hexdigest()
    return Source(name=name, content=content, region=region, since=since, path=path, digest=digest)


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """The versions of each file of a region, the latest first."""

    versions: Mapping[str, tuple[Source, ...]]

    @classmethod
    def read(cls, region: str, folders: tuple[Path, ...]) -> Shelf:
        """Read a region's folder; the nation has two, processes/ and forms/."""
        found: dict[tuple[str, date | None], Source] = {}
        for each in (one for folder in folders for one in _sources(folder, region)):
            twin = found.setdefault((each.name, each.since), each)
            if twin is not each:
                cure = "删去其中一个"
                raise BadDefinition(f"与 {twin.path} 同名", file=each.path, cure=cure)
        names = {name for name, _ in found}
        return cls(versions={name: _latest_first(found, name) for name in sorted(names)})

    def on(self, name: str, day: date) -> Source | None:
        """The version in force that day."""
        versions = self.versions.get(name, ())
        return next((one for one in versions if one.since is None or one.since <= day), None)

    def all_on(self, day: date) -> Iterator[Source]:
        """Every file in force that day."""
        return (one for name in self.versions if (one := self.on(name, day)) is not None)


def dated_folders(folder: Path) -> Iterator[tuple[date | None, Path]]:
    """A folder itself (None) and its since-folders, each with its first day."""
    yield None, folder
    for child in sorted(folder.iterdir()) if folder.is_dir() else ():
        if child.is_dir() and child.name.startswith("since"):
            yield _since(child), child


def _since(folder: Path) -> date:
    match = _SINCE.fullmatch(folder.name)
    try:
        return date.fromisoformat(match.group(1) if match else "")
    except ValueError as error:
        cure = "写成 since-2026-09-01 的样子"
        raise BadDefinition(f"文件夹“{folder.name}”不是有效的起始日", file=folder.name, cure=cure) from error


def _sources(folder: Path, region: str) -> Iterator[Source]:
    for since, place in dated_folders(folder):
        for path in sorted(place.iterdir()) if place.is_dir() else ():
            label = str(path.relative_to(_root(folder)))
            if path.is_file() and path.suffix in KINDS and not path.name.startswith("."):
                yield source(path.name, path.read_bytes(), region, label, since)
            elif since is not None and not path.name.endswith(_MAY_BE_DATED):
                cure = "只有图、表、表单、windows.yaml 和场景文件可以分日期，其他文件放回上一级"
                raise BadDefinition("这种文件不能放在 since- 文件夹里", file=label, cure=cure)


def _root(folder: Path) -> Path:
    """The project's folder, so that messages say processes/… or forms/…"""
    return folder.parents[2] if folder.parent.name == "regions" else folder.parent


def _latest_first(found: Mapping[tuple[str, date | None], Source], name: str) -> tuple[Source, ...]:
    versions = [one for (other, _), one in found.items() if other == name]
    return tuple(sorted(versions, key=lambda one: one.since or date.min, reverse=True))
