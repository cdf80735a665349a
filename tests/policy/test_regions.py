"""Regions, their chains and what their rules cover."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from service.errors import BadDefinition, NotFound
from service.policy.regions import Regions
from tests.policy.places import PROCESSES, XINXIANG, project


@pytest.fixture(scope="module")
def regions() -> Regions:
    return Regions.load(PROCESSES)


def codes(regions: Regions, code: str) -> list[str]:
    return [region.code for region in regions.chain(code)]


def test_a_chain_runs_from_the_county_to_the_nation(regions: Regions) -> None:
    assert codes(regions, "410702") == ["410702", "410700", "410000", "000000"]
    assert [one.name for one in regions.chain("410702")] == ["红旗区", "新乡市", "河南省", "全国"]


def test_districts_of_a_municipality_lie_right_under_it(regions: Regions) -> None:
    assert codes(regions, "310115") == ["310115", "310000", "000000"]
    assert regions.get("310115").parent == "310000"


def test_the_nation_is_a_chain_of_its_own(regions: Regions) -> None:
    assert codes(regions, "000000") == ["000000"]
    assert regions.get("000000").folder == PROCESSES


def test_a_region_without_a_folder_is_implied(regions: Regions) -> None:
    county = regions.get("310101")
    assert (county.folder, county.name, county.school_system) == (None, "黄浦区", "5-4")
    assert codes(regions, "440305") == ["440305", "440300", "440000", "000000"]


def test_the_three_regions_say_what_they_cover(regions: Regions) -> None:
    xinxiang, linxia, shanghai = (regions.get(code) for code in ("410700", "622900", "310000"))
    assert not xinxiang.covers("senior")
    assert linxia.covers("senior")
    assert (xinxiang.school_system, shanghai.school_system) == ("6-3", "5-4")
    assert xinxiang.central_urban_area == {"410702", "410703", "410704", "410711"}
    assert [len(one.counties) for one in (xinxiang, linxia, shanghai)] == [12, 8, 16]


def test_rules_hold_until_the_end_of_their_last_day(regions: Regions) -> None:
    shanghai = regions.get("310000")
    assert [shanghai.in_force(day) for day in (date(2017, 12, 31), date(2018, 1, 1))] == [False, True]
    assert [shanghai.in_force(day) for day in (date(2027, 12, 31), date(2028, 1, 1))] == [True, False]


def test_regions_with_folders_come_in_order(regions: Regions) -> None:
    assert [one.code for one in regions.with_folders()] == ["000000", "310000", "410700", "622900"]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("41070", "不是六位"),
        ("４１０７０２", "不是六位"),
        ("990000", "没有代码为 990000"),
        ("410799", "新乡市没有代码为"),
    ],
)
def test_a_code_that_does_not_exist_is_not_found(regions: Regions, code: str, words: str) -> None:
    with pytest.raises(NotFound, match=words):
        regions.chain(code)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"410700"', '"410800"', "不一致"),
        ("school_system: 6-3", 'school_system: "63"', "学制“63”写法不对"),
        ("school_system", "school_sistem", "缺少“school_system”"),
        ("until: 2027-12-31", "until: 2017-12-31", "终止日早于起始日"),
        ("name: 新乡市", "name: 新乡市\nnote: 无", "不认识的键“note”"),
        ("counties:", 'central_urban_area: ["410799"]\ncounties:', "中心城区里有不属于本地区的代码"),
    ],
)
def test_a_wrong_region_file_is_refused(tmp_path: Path, old: str, new: str, words: str) -> None:
    path = "processes/regions/410700-xinxiang/region.yaml"
    root = project(tmp_path, {path: XINXIANG.replace(old, new)})
    with pytest.raises(BadDefinition, match=words) as caught:
        Regions.load(root / "processes")
    assert caught.value.problem.file == path


def test_a_folder_without_region_yaml_or_with_an_odd_name_is_refused(tmp_path: Path) -> None:
    root = project(tmp_path, {"processes/regions/620000-gansu/a.bpmn": "<a/>"})
    with pytest.raises(BadDefinition, match=r"缺少 region\.yaml"):
        Regions.load(root / "processes")
    (root / "processes/regions/620000-gansu").rename(root / "processes/regions/gansu")
    with pytest.raises(BadDefinition, match="名称不合规则"):
        Regions.load(root / "processes")
