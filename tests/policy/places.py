"""Folders for tests: the project's own, and small ones written for a single test."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROCESSES = ROOT / "processes"

NATION = """\
code: "000000"
name: 全国
stages: [primary, junior, senior]
school_system: 6-3
municipalities: ["310000"]
provinces: { 310000: 上海市, 410000: 河南省 }
"""
XINXIANG = """\
code: "410700"
name: 新乡市
stages: [primary, junior]
in_force: { from: 2018-09-21, until: 2027-12-31 }
school_system: 6-3
counties: { 410702: 红旗区, 410783: 长垣市 }
"""


def write(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files under a folder; the folder comes back."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def project(root: Path, files: Mapping[str, str | bytes] | None = None) -> Path:
    """A small processes/ and forms/ with the nation and one region, and whatever a test adds."""
    base = {"processes/region.yaml": NATION, "processes/regions/410700-xinxiang/region.yaml": XINXIANG}
    (root / "forms").mkdir(parents=True, exist_ok=True)
    return write(root, {**base, **(files or {})})
