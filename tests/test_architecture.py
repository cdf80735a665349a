"""Rules about the code itself. The direction of imports is in pyproject.toml, checked by import-linter."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from service.settings import ROOT

SERVICE = ROOT / "service"
LONGEST_FILE = 300
LONGEST_FUNCTION = 40


def python_files(*folders: str) -> list[Path]:
    found = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    assert found
    return found


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), filename=name_of(path))


def test_no_file_is_longer_than_one_can_read_at_once() -> None:
    """Migrations excepted: they list tables."""
    lengths = {
        name_of(path): len(path.read_text().splitlines())
        for path in python_files("service", "tests", "bench")
    }
    long = {name: length for name, length in lengths.items() if length > LONGEST_FILE}
    assert {name: length for name, length in long.items() if "/migrations/" not in name} == {}


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_no_function_is_longer_than_a_screen() -> None:
    """Migrations excepted: they list tables."""
    long = {
        f"{name_of(path)}:{function.lineno} {function.name}"
        for path in python_files("service", "bench")
        if "migrations" not in path.parts
        for function in functions(path)
        if (function.end_lineno or 0) - function.lineno + 1 > LONGEST_FUNCTION
    }
    assert long == set()


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        name_of(path)
        for path in python_files("service")
        if path.read_text() and not ast.get_docstring(tree_of(path))
    ]
    assert silent == []


def region_words() -> dict[str, str]:
    """Every code, folder and name by which a region's folder is known, with the folder."""
    words = {}
    for file in sorted((ROOT / "processes" / "regions").glob("*/region.yaml")):
        folder = file.parent.name
        region = yaml.safe_load(file.read_text())
        counties = region.get("counties", {})
        names = {str(region["code"]), str(region["name"]), folder, *map(str, counties), *counties.values()}
        names |= {
            folder.partition("-")[2],
            re.sub("(省|市|自治州|自治区|回族自治州)$", "", str(region["name"])),
        }
        words |= dict.fromkeys(names - {""}, folder)
    return words


def test_no_python_file_of_the_service_knows_a_region() -> None:
    """Adding a region or changing its rules must touch no Python."""
    words = region_words()
    assert words
    pattern = re.compile(
        "|".join(rf"(?<!\w){re.escape(word)}(?!\w)" if word.isascii() else re.escape(word) for word in words)
    )
    known = [
        f"{name_of(path)}:{number} {match[0]}"
        for path in python_files("service")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        for match in pattern.finditer(line)
    ]
    assert known == []


def test_only_the_store_defines_tables() -> None:
    defining = re.compile(
        r"\b(DeclarativeBase|mapped_column|__tablename__)\b|^class \w+\(.*\bdb\.Model\b", re.MULTILINE
    )
    elsewhere = [
        name_of(path)
        for path in python_files("service")
        if not path.is_relative_to(SERVICE / "store") and defining.search(path.read_text())
    ]
    assert elsewhere == []


def test_only_the_settings_and_the_supervisor_read_the_environment() -> None:
    allowed = (SERVICE / "settings.py", SERVICE / "supervisor")
    elsewhere = [
        name_of(path)
        for path in python_files("service")
        if not any(path.is_relative_to(place) for place in allowed)
        and re.search(r"\bos\.(environ|getenv)\b", path.read_text())
    ]
    assert elsewhere == []


@pytest.mark.parametrize(
    "forbidden", ["time.sleep(", "unittest.mock", "datetime.now()", "datetime.utcnow", "date.today()"]
)
def test_the_service_neither_sleeps_nor_guesses_the_time(forbidden: str) -> None:
    """Only the supervisor waits, for other programs."""
    found = [
        name_of(path)
        for path in python_files("service")
        if not path.is_relative_to(SERVICE / "supervisor") and forbidden in path.read_text()
    ]
    assert found == []
