"""The page of clauses, both ways: what each clause became and what proves it; what each file rests on.

Made from what was traced. Names elements, not lines, so that moving things about changes nothing here.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from service.checks.tracing import Cited, ClauseTrace

STATES = {"proven": "已证明", "cited": "只有引用", "open": "未落实"}
WHY = {"cannot": "软件无法证明", "pending": "尚待证明"}
_PLACES, _SCENARIOS = 4, 2  # shown for a clause

_HEAD = """# 条款与落实

由 `xueji clauses --page docs/clauses.md` 生成，请勿手改。三部分：各业务的条数；每一条写在哪里、由哪个场景证明；
每个文件的每个元素、每一行依据哪些条款。场景写明某一条、并且走过引用这一条的元素、流程线或决策行，才算证明；只有整个流程引用的，走过那个流程；只在表单或数据文件里引用的，写明即可。
没有证明的，原因见 `processes/unproven_clauses.yaml`。
"""


def page(traces: Sequence[ClauseTrace]) -> str:
    """The whole page as Markdown."""
    parts = (_figures(traces), *_by_procedure(traces), *_by_file(traces))
    return "\n".join((_HEAD, *parts))


def _figures(traces: Sequence[ClauseTrace]) -> str:
    due = [one for one in traces if one.due]
    proven = sum(one.state == "proven" for one in due)
    listed = Counter(WHY[one.unproven.why] for one in due if one.unproven)
    told = "，".join(f"{why} {number} 条" for why, number in sorted(listed.items()))
    rows: dict[str, Counter[str]] = defaultdict(Counter)
    for one in traces:
        rows[one.clause.procedure][one.state] += 1
    table = [
        f"| {procedure} | {states.total()} | " + " | ".join(str(states[state]) for state in STATES) + " |"
        for procedure, states in sorted(rows.items())
    ]
    return "\n".join(
        (
            "## 条数",
            "",
            f"转学、休学各项业务应当证明的条款 {len(due)} 条：已证明 {proven} 条{'，' if told else ''}{told}。",
            "",
            f"| 业务 | 条款 | {' | '.join(STATES.values())} |",
            "|---|---|---|---|---|",
            *table,
            "",
        )
    )


def _by_procedure(traces: Iterable[ClauseTrace]) -> Iterator[str]:
    """Every clause that is due, cited or proven; the others only count."""
    groups: dict[str, list[ClauseTrace]] = defaultdict(list)
    for one in traces:
        if one.due or one.state != "open":
            groups[one.clause.procedure].append(one)
    yield "## 由条款查落实\n"
    for procedure, group in sorted(groups.items()):
        rows = [
            f"| {one.clause.id} | {one.clause.rule_zh} | {_places(one.cited)} | {_proof(one)} |"
            for one in group
        ]
        yield "\n".join(
            (f"### {procedure}", "", "| 条款 | 规定 | 写在 | 证明 |", "|---|---|---|---|", *rows, "")
        )


def _places(cited: Iterable[Cited]) -> str:
    """The first places: elements and rows before forms and data."""
    ordered = sorted(cited, key=lambda one: (not one.walkable, one.file))
    named = list(dict.fromkeys(" ".join(filter(None, (_short(one.file), one.at.element))) for one in ordered))
    return "<br>".join((*(f"`{one}`" for one in named[:_PLACES]), *(["…"] if len(named) > _PLACES else [])))


def _proof(one: ClauseTrace) -> str:
    if one.unproven:
        return f"{WHY[one.unproven.why]}：{one.unproven.reason}"
    names = list(
        dict.fromkeys(
            f"{_short(each.file).removesuffix('.scenarios.yaml')}：{each.name}" for each in one.proven_by
        )
    )
    return "<br>".join((*names[:_SCENARIOS], *(["…"] if len(names) > _SCENARIOS else [])))


def _by_file(traces: Iterable[ClauseTrace]) -> Iterator[str]:
    """Elements and rows in order, forms and data files as a whole."""
    files: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for one in traces:
        for cited in one.cited:
            files[cited.file][cited.at.element].append(one.clause.id)
    yield "## 由文件查条款\n"
    for file, elements in sorted(files.items()):
        rows = [
            f"| {f'`{element}`' if element else '（全文）'} | {'、'.join(dict.fromkeys(clauses))} |"
            for element, clauses in sorted(elements.items())
        ]
        yield "\n".join((f"### {_short(file)}", "", "| 元素或行 | 条款 |", "|---|---|", *rows, ""))


def _short(file: str) -> str:
    return file.removeprefix("processes/").removeprefix("regions/")
