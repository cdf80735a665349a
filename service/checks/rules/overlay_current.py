"""A region's own file is looked at again when the file it stands in place of changes."""

from __future__ import annotations

from collections.abc import Iterator

from service.checks.findings import Finding, Severity
from service.checks.frame import Rule
from service.checks.model import Model
from service.checks.wider import REVIEWED, reviewed, short, wider

rule = Rule(
    id="overlay_current",
    title="覆盖的文件与上级的现行版本核对过",
    severity=Severity.WARNING,
    kinds=("bpmn", "dmn", "form"),
    why="地区的文件整个替换上级的同名文件。上级的文件改了（例如全国规定有了新要求），地区的文件可能要跟着改。"
    "地区文件夹的 overlays.yaml 记着上次核对时上级文件的摘要，现在的摘要不同就提醒。",
    cure="对照上级的文件，改好后运行 xueji check --reviewed <文件> 登记",
)


def check(model: Model) -> Iterator[Finding]:
    other = wider(model)
    if other is None:
        return
    known = reviewed(model)
    if not known:
        yield Finding(sentence=f"它替换 {other.path}，{REVIEWED} 里没有登记是否核对过")
    elif known != short(other):
        yield Finding(sentence=f"它替换的 {other.path} 在上次核对之后改过")
