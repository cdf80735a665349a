"""From a file to a picture: build the page, let Chromium settle it, read its size, photograph it."""

from __future__ import annotations

import json
import re
import tempfile
from dataclasses import dataclass
from html import unescape
from pathlib import Path

from service.drawing.chromium import Chromium
from service.drawing.errors import CannotDraw
from service.drawing.pages import MODULES, page

_REPORT = re.compile(r'data-report="([^"]*)"')


@dataclass(frozen=True, kw_only=True)
class Report:
    """What the page says of itself."""

    width: int
    height: int
    warnings: tuple[str, ...]


def draw(source: Path, target: Path, *, modules: Path = MODULES) -> tuple[str, ...]:
    """Draw a .bpmn, .dmn or .form file as a PNG; answers what the viewer complained of, usually nothing."""
    html = page(source, modules)
    browser = Chromium.find()
    with tempfile.TemporaryDirectory(prefix="drawing-") as folder:
        written = Path(folder) / "page.html"
        written.write_text(html, encoding="utf-8")
        report = read_report(browser.settled(written), source)
        target.parent.mkdir(parents=True, exist_ok=True)
        browser.photograph(written, target, report.width, report.height)
    return report.warnings


def read_report(html: str, source: Path) -> Report:
    """The report the page left on its root element."""
    found = _REPORT.search(html)
    if found is None:
        raise CannotDraw("查看器没有画完", file=str(source), cure="请用 Camunda Modeler 打开文件，看是否完整")
    said = json.loads(unescape(found[1]))
    if "error" in said:
        raise CannotDraw(
            f"查看器打不开文件：{said['error']}", file=str(source), cure="请用 Camunda Modeler 改正后重画"
        )
    return Report(width=said["width"], height=said["height"], warnings=tuple(said["warnings"]))
