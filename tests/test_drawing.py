"""Drawing: the pictures, what they show, and plain words when something is missing."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from service.drawing import CannotDraw, draw
from service.drawing.chromium import NAMES, Chromium
from service.drawing.pages import MODULES, page
from service.drawing.picture import read_report

ROOT = Path(__file__).parents[1]
PROCESSES = ROOT / "processes"

needs_viewers = pytest.mark.skipif(
    not MODULES.is_dir(), reason="node_modules is absent: npm ci --ignore-scripts"
)


def has_chromium() -> bool:
    try:
        Chromium.find()
    except CannotDraw:
        return False
    return True


needs_chromium = pytest.mark.skipif(not has_chromium(), reason="Chromium is absent: apt-get install chromium")


def size_of(picture: Path) -> tuple[int, int]:
    content = picture.read_bytes()
    assert content.startswith(b"\x89PNG\r\n")
    width, height = struct.unpack(">II", content[16:24])
    return width, height


@needs_viewers
@needs_chromium
@pytest.mark.parametrize(
    ("source", "least_width"),
    [
        (PROCESSES / "unit_review.bpmn", 1000),
        (PROCESSES / "transfer_out_eligibility.dmn", 800),
        (ROOT / "forms" / "unit_approve.form", 1000),
    ],
    ids=lambda value: value.name if isinstance(value, Path) else "",
)
def test_a_file_becomes_a_picture_and_the_viewer_has_no_complaint(
    source: Path, least_width: int, tmp_path: Path
) -> None:
    picture = tmp_path / "new folder" / f"{source.stem}.png"

    assert draw(source, picture) == ()

    width, height = size_of(picture)
    assert width > least_width
    assert height > 200


@needs_viewers
@needs_chromium
def test_a_broken_diagram_is_refused_with_the_viewers_own_words(tmp_path: Path) -> None:
    broken = tmp_path / "broken.bpmn"
    broken.write_text("<bpmn:definitions>", encoding="utf-8")

    with pytest.raises(CannotDraw) as refused:
        draw(broken, tmp_path / "broken.png")

    assert "查看器打不开文件" in str(refused.value)
    assert "broken.bpmn" in str(refused.value)


@needs_viewers
@needs_chromium
def test_markup_inside_a_diagram_runs_no_script(tmp_path: Path) -> None:
    trick = tmp_path / "trick.form"
    trick.write_text(
        '{"type": "default", "id": "trick", "schemaVersion": 18, "components":'
        ' [{"type": "textfield", "key": "a", "label": "</script><script>document.title = 1</script>"}]}',
        encoding="utf-8",
    )

    assert draw(trick, tmp_path / "trick.png") == ()
    assert "</script><script>document" not in page(trick)


def test_without_chromium_the_message_says_what_to_install() -> None:
    with pytest.raises(CannotDraw, match="apt-get install -y chromium"):
        Chromium.find(("no-such-browser",))
    assert "chromium" in NAMES


def test_without_npm_packages_the_message_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(CannotDraw, match="npm ci --ignore-scripts"):
        page(PROCESSES / "unit_review.bpmn", tmp_path)


def test_only_three_kinds_of_files_are_drawn(tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_text("x", encoding="utf-8")

    with pytest.raises(CannotDraw, match=r"\.bpmn、\.dmn、\.form"):
        page(note)


@needs_viewers
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(CannotDraw, match="读不到"):
        page(tmp_path / "absent.bpmn")


def test_a_page_that_never_reports_is_an_error() -> None:
    with pytest.raises(CannotDraw, match="没有画完"):
        read_report("<html></html>", Path("slow.bpmn"))
