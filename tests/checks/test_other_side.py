"""A step that runs by the other side's rules runs by that side's own diagram, where it has one."""

from __future__ import annotations

import shutil
from pathlib import Path

from service.checks.rulebook import Rulebook
from service.checks.suite import gather, play_all
from service.settings import ROOT

FROM_LINXIA_TO_LANZHOU = """
- common: {}
- scenario: 两校都直管，各按各的图告知
  at: 2026-09-03 09:00
  start: { by: 兰州市第一高级中学 registrar, student: 临夏州第一高级中学高二在校生, form: { reason: household_moved } }
  steps:
    - { task: receiving_school/approve, by: 兰州市第一高级中学 head, do: { decision: approve } }
    - { task: receiving_authority/review, by: 兰州市教育局 officer, do: { decision: approve } }
    - { task: receiving_authority/approve, by: 兰州市教育局 responsible, do: { decision: approve } }
    - { task: sending_school/review, by: 临夏州第一高级中学 registrar, do: { decision: approve } }
    - { task: sending_school/approve, by: 临夏州第一高级中学 head, do: { decision: approve } }
    - { task: sending_authority/review, by: 临夏州教育局 officer, do: { decision: approve } }
    - { task: sending_authority/approve, by: 临夏州教育局 responsible, do: { decision: approve } }
    - expect:
        tasks: [receiving_school/tell_county, sending_school/send_archive, sending_school/tell_county]
        due: { sending_school/tell_county: 2026-09-09 00:00, receiving_school/tell_county: 2027-01-23 00:00 }
  ends: running
"""


def test_what_the_sending_side_draws_for_itself_is_used_for_it_alone(tmp_path: Path) -> None:
    """Were the tenant left off the call, Lanzhou's (the nation's) diagram would run for both schools."""
    for name in ("processes", "forms"):
        shutil.copytree(ROOT / name, tmp_path / name)
    processes = tmp_path / "processes"
    national = (processes / "report_to_county.bpmn").read_text()
    limit = 'camunda:dueDate="${term_end() + days(0)}"'
    assert limit in national
    own = national.replace(limit, 'camunda:dueDate="${days(5)}"')
    (processes / "regions/622900-linxia/report_to_county.bpmn").write_text(own)
    scenarios = processes / "transfer.scenarios.yaml"
    scenarios.write_text(scenarios.read_text() + FROM_LINXIA_TO_LANZHOU)

    book = Rulebook(processes, tmp_path / "forms")
    played = list(play_all(book, gather(book, words="两校都直管")))

    assert [str(one.failure) for one in played if one.failure] == []
    assert len(played) == 1
