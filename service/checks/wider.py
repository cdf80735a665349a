"""The file a region's own file stands in place of, and when the own one was last held against it.

What was last reviewed is written down beside the files, not in them: it survives every modeler.
"""

from __future__ import annotations

from pathlib import Path

from service.checks.model import Model
from service.errors import BadDefinition
from service.policy import strict_yaml
from service.policy.regions import NATIONAL
from service.policy.shelves import Source

REVIEWED = (
    "overlays.yaml"  # in a region's folder: the digest of the wider file when the own one was last reviewed
)
_HEAD = "# 本地区的文件替换上级的同名文件：上次核对时上级文件的摘要。由 xueji check --reviewed <文件> 写入。"
_LENGTH = 16  # digits of a digest that are written down


def wider(model: Model) -> Source | None:
    """The file of the same name that would hold without the region's own; None if there is none."""
    return model.book.wider(model.source, model.bundle.on)


def short(source: Source) -> str:
    """The digest as it is written down."""
    return source.digest[:_LENGTH]


def reviewed(model: Model) -> str:
    """The digest written down for a file; empty if none is."""
    path = _list_of(model)
    return _read(path).get(model.source.name, "") if path else ""


def write_down(model: Model) -> bool:
    """Note that a file was held against the wider one as it is now; False if it stands in place of none."""
    path, other = _list_of(model), wider(model)
    if path is None or other is None:
        return False
    known = {**_read(path), model.source.name: short(other)}
    lines = [f'{name}: "{digest}"' for name, digest in sorted(known.items())]
    path.write_text("\n".join([_HEAD, *lines, ""]), encoding="utf-8")
    return True


def _list_of(model: Model) -> Path | None:
    folder = model.book.law.regions.get(model.region).folder
    return folder / REVIEWED if folder and model.region != NATIONAL else None


def _read(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    listed = strict_yaml.load(path.read_bytes(), str(path))
    if not isinstance(listed, dict):
        cure = "用 xueji check --reviewed <文件> 写入"
        raise BadDefinition("应为“文件名: 摘要”的列表", file=str(path), cure=cure)
    return {str(name): str(digest) for name, digest in listed.items()}
