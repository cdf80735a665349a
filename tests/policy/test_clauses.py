"""The catalogue of clauses."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from service.errors import BadDefinition, NotFound
from service.policy.clauses import Clauses, ids_in
from service.policy.regions import Regions
from tests.policy.places import PROCESSES, write

HEAD = """\
regulation: {id: XX2018, title: 办法, issuer: 局, number: null, region: "410700", in_force_from: 2018-09-21}
clauses:
"""
ENTRY = """\
- id: {id}
  article: 第一条
  lines: "1"
  procedure: transfer
  kind: gate
  modality: must
  where: diagram
  applies_to: [all]
  rule_zh: 规定
  rule_en: rule
  params: {{n: 1}}
  overrides: []
  relates: []
  conflicts: [{conflicts}]
"""


def entry(clause_id: str, conflicts: str = "") -> str:
    return ENTRY.format(id=clause_id, conflicts=conflicts)


def load(folder: Path, *entries: str) -> Clauses:
    return Clauses.load(write(folder / "clauses", {"XX2018.yaml": HEAD + "".join(entries)}))


@pytest.fixture(scope="module")
def catalogue() -> Clauses:
    return Clauses.load(PROCESSES / "clauses")


def test_every_clause_of_the_five_regulations_is_there(catalogue: Clauses) -> None:
    assert len(catalogue) == 466
    assert set(catalogue.regulations) == {"MOE2013", "MOE2016", "XX2018", "LX2022", "SH2017"}


def test_a_clause_tells_its_rule_and_its_numbers(catalogue: Clauses) -> None:
    clause = catalogue.get("XX2018-23-c")
    assert (clause.region, clause.doc, clause.article) == ("410700", "XX2018", "第二十三条")
    assert clause.rule_zh == "转入学校开学一个月内网上发起。"
    assert clause.params["limit"] == 1


def test_regulations_and_their_regions_are_in_force_together(catalogue: Clauses) -> None:
    regions = Regions.load(PROCESSES)
    for regulation in catalogue.regulations.values():
        region = regions.get(regulation.region)
        if regulation.region != "000000":
            held = (region.in_force_from, region.in_force_until)
            assert held == (regulation.in_force_from, regulation.in_force_until)


def test_the_catalogue_loads_quickly() -> None:
    begun = time.perf_counter()
    Clauses.load(PROCESSES / "clauses")
    assert time.perf_counter() - begun < 0.6


def test_ids_are_found_in_chinese_text_each_once() -> None:
    text = "依据XX2018-23-c、MOE2016-3.6-a；另见（LX2022-A1-a）,MOE2016-N3.2-a。XX2018-23-c MOE2016-3.5."
    assert ids_in(text) == ("XX2018-23-c", "MOE2016-3.6-a", "LX2022-A1-a", "MOE2016-N3.2-a", "MOE2016-3.5")


def test_a_mistyped_id_is_found_whole_so_that_it_can_be_reported(catalogue: Clauses) -> None:
    (found,) = ids_in("见 XX2018-23-cc")
    assert found == "XX2018-23-cc"
    assert found not in catalogue
    with pytest.raises(NotFound, match="没有编号为“XX2018-23-cc”的条款"):
        catalogue.get(found)


def test_every_id_of_the_catalogue_is_found_in_text(catalogue: Clauses) -> None:
    assert all(ids_in(f"据{one.id}办理") == (one.id,) for one in catalogue)


def test_an_id_used_twice_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(BadDefinition, match="条款“XX2018-1”出现了两次") as caught:
        load(tmp_path, entry("XX2018-1"), entry("XX2018-1"))
    assert (caught.value.problem.file, caught.value.problem.line) == ("clauses/XX2018.yaml", 17)


def test_a_clause_of_another_regulation_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadDefinition, match="条款编号“SH2017-1”写法不对"):
        load(tmp_path, entry("SH2017-1"))


def test_a_contradiction_noted_on_one_side_only_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadDefinition, match="只记了一边"):
        load(tmp_path, entry("XX2018-1", "XX2018-2"), entry("XX2018-2"))


def test_a_link_to_nowhere_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadDefinition, match="不存在的条款“XX2018-9”"):
        load(tmp_path, entry("XX2018-1", "XX2018-9"))


def test_an_unknown_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadDefinition, match="“kind”的值“gates”不在允许之列"):
        load(tmp_path, entry("XX2018-1").replace("kind: gate", "kind: gates"))
