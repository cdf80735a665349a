"""Files are what their content says; what is two things at once, broken or active is refused."""

from __future__ import annotations

import struct
import zlib
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.casework.recognition import PNG, NotAMaterial, recognise
from service.registry.materials import MaterialRules
from service.settings import ROOT
from tests.files import archive, locked_pdf, pdf, picture

FILE = ROOT / "processes" / "materials.yaml"
# Pillow's guesses about damaged EXIF and large pictures; the rules decide here.
pytestmark = pytest.mark.filterwarnings(
    "ignore::UserWarning:PIL", "ignore::PIL.Image.DecompressionBombWarning"
)
RULES = MaterialRules.load(FILE.read_bytes(), FILE.name)
JPEG = picture("JPEG")
GOOD = {
    "a PNG": (picture(), "image/png"),
    "a JPEG": (JPEG, "image/jpeg"),
    "a progressive JPEG": (picture("JPEG", (200, 100), progressive=True), "image/jpeg"),
    "a JPEG with restarts": (picture("JPEG", (200, 100), restart_marker_rows=1), "image/jpeg"),
    "a JPEG with a preview behind it": (JPEG + picture("JPEG", (8, 8)) + b"\0" * 5, "image/jpeg"),
    "a JPEG with EXIF": (picture("JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0"), "image/jpeg"),
    "a PDF": (pdf(), "application/pdf"),
}


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def bomb(width: int) -> bytes:
    """A PNG that is small and would be large."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, width, 8, 2, 0, 0, 0))
    return PNG + head + chunk(b"IDAT", zlib.compress(b"\0" * 100_000)) + chunk(b"IEND", b"")


BAD = {
    "nothing": b"",
    "text": b"hello",
    "a page": b"<html><script>alert(1)</script></html>",
    "an SVG": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "a GIF": picture("GIF"),
    "a WebP": picture("WEBP"),
    "an archive": archive(),
    "a program": b"\x7fELF" + b"\0" * 100,
    "only the beginning of a PNG": PNG,
    "half a PNG": picture()[:-30],
    "half a JPEG": JPEG[: len(JPEG) // 2],
    "half a PDF": pdf()[:-100],
    "a PNG with an archive behind": picture() + archive(),
    "a JPEG with an archive behind": JPEG + archive(),
    "a JPEG with a page behind": JPEG + b"<script>alert(1)</script>",
    "a JPEG with a page inside": picture("JPEG", comment=b"<script>alert(1)</script>"),
    "a JPEG with PHP inside": picture("JPEG", comment=b"<?php system($_GET[0]);"),
    "a JPEG that is a PDF": picture("JPEG", comment=b"%PDF-1.4 1 0 obj"),
    "a PDF with an archive behind": pdf() + archive(),
    "a PDF with a page behind": pdf() + b"<script>alert(1)</script>",
    "a PDF that runs a script": pdf(JS="app.alert(1)"),
    "a PDF with a password": locked_pdf(),
    "something that begins like a PDF": b"%PDF-1.7\nhello\n%%EOF\n",
    "a picture larger than any paper": bomb(60_000),
    "a picture that claims what it does not hold": bomb(4000),
}


@pytest.mark.parametrize("what", GOOD)
def test_real_files_are_recognised(what: str) -> None:
    content, media_type = GOOD[what]
    assert recognise(content, RULES).media_type == media_type


@pytest.mark.parametrize("what", BAD)
def test_everything_else_is_refused_with_a_cure(what: str) -> None:
    with pytest.raises(NotAMaterial) as refused:
        recognise(BAD[what], RULES)
    assert refused.value.problem.cure


def test_only_listed_types_count() -> None:
    narrow = MaterialRules.load(FILE.read_bytes().replace(b"[jpg, png, pdf]", b"[png]"), FILE.name)
    assert recognise(picture(), narrow).name == "png"
    with pytest.raises(NotAMaterial, match="PNG"):
        recognise(pdf(), narrow)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(GOOD)), st.integers(0, 5000), st.binary(max_size=12))
def test_damage_never_breaks_the_reader(what: str, place: int, noise: bytes) -> None:
    content = GOOD[what][0]
    place %= len(content)
    with suppress(NotAMaterial):
        recognise(content[:place] + noise + content[place + len(noise) :], RULES)
