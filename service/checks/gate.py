"""What stands before a deployment: the rules over the changed files, the scenarios of every region they touch.

Says what is wrong; whoever deploys decides. Knows no database.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from service.checks.findings import Finding, Severity
from service.checks.inspection import inspect, leaning_on
from service.checks.quarantine import screen
from service.checks.rulebook import Rulebook, Upload
from service.checks.runner import Failure
from service.checks.suite import gather, play_all
from service.errors import BadDefinition, Problem


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the gate found. ``regions`` are those whose bundle contains a changed file."""

    regions: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    failures: tuple[Failure, ...] = ()
    played: int = 0

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(one for one in self.findings if one.severity is Severity.ERROR)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        return tuple(one for one in self.findings if one.severity is not Severity.ERROR)

    def enforce(self) -> None:
        """Raises BadDefinition with every error and every scenario that went otherwise."""
        problems = [one.problem() for one in self.errors] + [_problem(one) for one in self.failures]
        if problems:
            told = f"检查发现 {len(self.errors)} 处错误，{len(self.failures)} 个场景走错"
            raise BadDefinition(f"未部署：{told}", cure="按提示修改后重新部署", problems=problems)


def judge_upload(book: Rulebook, code: str, files: Upload) -> Verdict:
    """Files meant for a region, as if they were in force there and in every region that takes them over.

    Raises TooLarge or BadDefinition for files that cannot even be read in bounded time.
    """
    screen(files)
    return _judge(book.with_uploads({code: files}), files)


def judge_folder(book: Rulebook, names: Collection[str] | None = None) -> Verdict:
    """Files that lie in processes/ and forms/: those of these names, or all."""
    return _judge(book, names)


def _judge(book: Rulebook, names: Collection[str] | None) -> Verdict:
    touched: set[str] = set()
    regions = []
    for region in book.regions:
        leaning = _touched(book, region.code, names)
        if leaning:
            touched |= leaning
            regions.append(region.code)
    findings = inspect(book, names=touched, regions=regions)
    if any(one.severity is Severity.ERROR for one in findings):
        return Verdict(regions=tuple(regions), findings=tuple(findings))
    played = list(play_all(book, gather(book, regions=regions))) if regions else []
    failures = tuple(one.failure for one in played if one.failure)
    return Verdict(regions=tuple(regions), findings=tuple(findings), failures=failures, played=len(played))


def _touched(book: Rulebook, code: str, names: Collection[str] | None) -> set[str]:
    """The changed files of a region's bundles and what leans on them; all if no names are given."""
    found: set[str] = set()
    for bundle in book.bundles(code):
        changed = {
            name
            for name, source in bundle.files.items()
            if names is None or (name in names and (source.uploaded or not book.uploads))
        }
        found |= leaning_on(bundle, changed) if changed else set()
    return found


def _problem(failure: Failure) -> Problem:
    message = f"场景“{failure.scenario}”：应当{failure.expected}；实际{failure.found}"
    return Problem(message=message, file=failure.file, line=failure.line)
