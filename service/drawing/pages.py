"""The page that shows one file with its bpmn.io viewer and says how large it became.

Each viewer's script ends by calling ``shown(width, height, warnings)``; it must not know how the page is run.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from service.drawing.errors import CannotDraw

MODULES = Path(__file__).resolve().parents[2] / "node_modules"
FONT = '"Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", sans-serif'


@dataclass(frozen=True, kw_only=True)
class Viewer:
    """How one kind of file is shown."""

    scripts: tuple[str, ...]
    styles: tuple[str, ...]
    page: str


_BPMN_ASSETS = "bpmn-js/dist/assets/"
_DMN_ASSETS = "dmn-js/dist/assets/"

VIEWERS: Mapping[str, Viewer] = {
    ".bpmn": Viewer(
        scripts=("bpmn-js/dist/bpmn-navigated-viewer.production.min.js",),
        styles=(f"{_BPMN_ASSETS}diagram-js.css", f"{_BPMN_ASSETS}bpmn-js.css"),
        page="bpmn.js",
    ),
    ".dmn": Viewer(
        scripts=("dmn-js/dist/dmn-viewer.production.min.js",),
        styles=tuple(
            f"{_DMN_ASSETS}{name}.css"
            for name in (
                "diagram-js",
                "dmn-js-shared",
                "dmn-js-drd",
                "dmn-js-decision-table",
                "dmn-font/css/dmn",
            )
        ),
        page="dmn.js",
    ),
    ".form": Viewer(
        scripts=("@bpmn-io/form-js/dist/form-viewer.umd.js",),
        styles=("@bpmn-io/form-js/dist/assets/form-js.css",),
        page="form.js",
    ),
}


def page(source: Path, modules: Path = MODULES) -> str:
    """The HTML that shows ``source``."""
    viewer = VIEWERS.get(source.suffix)
    if viewer is None:
        raise CannotDraw(
            f"不会画 {source.suffix or '没有扩展名的'} 文件", file=str(source), cure="可画 .bpmn、.dmn、.form"
        )
    scripts = "".join(f'<script src="{_asset(modules, name)}"></script>' for name in viewer.scripts)
    styles = "".join(f'<link rel="stylesheet" href="{_asset(modules, name)}">' for name in viewer.styles)
    own = (Path(__file__).parent / "viewers" / viewer.page).read_text(encoding="utf-8")
    common = (Path(__file__).parent / "viewers" / "page.html").read_text(encoding="utf-8")
    given = json.dumps({"text": _text(source), "font": FONT}, ensure_ascii=False).replace("<", "\\u003c")
    return common.replace("<!-- styles -->", styles).replace(
        "<!-- scripts -->", f"{scripts}<script>const given = {given};</script><script>{own}</script>"
    )


def _text(source: Path) -> str:
    try:
        return source.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise CannotDraw(
            "读不到要画的文件", file=str(source), cure="请检查路径，文件须为 UTF-8 编码"
        ) from problem


def _asset(modules: Path, name: str) -> str:
    path = modules / name
    if not path.is_file():
        raise CannotDraw("缺少画图用的 npm 包", file=name, cure="请在项目目录运行：npm ci --ignore-scripts")
    return path.resolve().as_uri()
