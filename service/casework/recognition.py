"""What a file really is, by its content: JPG, PNG or PDF and nothing beside. Its name and declared type count nothing.

Each kind is walked from its first byte to its last, so that nothing can be hidden behind the end, then read by a
library that must succeed. It must not know who hands it in or where it is kept.
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from PIL import Image, UnidentifiedImageError

from service.casework import recognition_pdf
from service.casework.recognition_pdf import Unreadable
from service.errors import Invalid
from service.registry.materials import MaterialRules

PNG, JPG, PDF = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"%PDF-"
# Programs that read PDF look for its head this far; a picture that carries one is two files.
_PDF_HEAD_WITHIN = 1024
# What browsers or servers would run, were the file ever served as something else.
_FOREIGN = (b"<script", b"<?php", b"<html", b"<svg", b"<!doctype", b"javascript:")
_STANDALONE = {0x01, *range(0xD0, 0xD8)}  # markers of JPEG without a length


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of file."""

    name: str
    media_type: str
    magic: bytes


KINDS = (
    Kind(name="jpg", media_type="image/jpeg", magic=JPG),
    Kind(name="png", media_type="image/png", magic=PNG),
    Kind(name="pdf", media_type="application/pdf", magic=PDF),
)


class NotAMaterial(Invalid):
    """The file is none of the kinds that are accepted, is damaged, or holds more than it shows."""

    code = "not_a_material"


def recognise(content: bytes, rules: MaterialRules) -> Kind:
    """The kind of a content. Raises NotAMaterial."""
    accepted = "、".join(name.upper() for name in rules.types)
    cure = f"请上传 {accepted} 文件；可用看图软件或“打印为 PDF”另存后再传"
    kind = next((one for one in KINDS if one.name in rules.types and content.startswith(one.magic)), None)
    if kind is None:
        raise NotAMaterial(f"文件的内容不是 {accepted}", cure=cure)
    try:
        _READ[kind.name](content, rules)
    except Unreadable as error:
        raise NotAMaterial(f"不能接受这个 {kind.name.upper()} 文件：{error}", cure=cure) from error
    return kind


def _read_png(content: bytes, rules: MaterialRules) -> None:
    last = b""
    for name, end in _chunks(content):
        last = name
        if name == b"IEND" and end != len(content):
            raise Unreadable("末尾之后还有别的内容")
    if last != b"IEND":
        raise Unreadable("文件不完整")
    _read_picture(content, "PNG", rules)


def _chunks(content: bytes) -> Iterator[tuple[bytes, int]]:
    """The chunks of a PNG with the place each ends at."""
    at = len(PNG)
    while at + 12 <= len(content):
        (length,) = struct.unpack_from(">I", content, at)
        name, end = content[at + 4 : at + 8], at + 12 + length
        if end > len(content):
            return
        yield name, end
        if name == b"IEND":
            return
        at = end


def _read_jpg(content: bytes, rules: MaterialRules) -> None:
    """Cameras put a smaller picture behind the first one: whole pictures may follow, nothing else but zeros."""
    end = _end_of_jpg(content, 0)
    while content[end:].strip(b"\0"):
        if not content.startswith(JPG, end):
            raise Unreadable("末尾之后还有别的内容")
        end = _end_of_jpg(content, end)
    _read_picture(content, "JPEG", rules)


def _end_of_jpg(content: bytes, start: int) -> int:
    """Where the picture that begins at ``start`` ends: from marker to marker, through the coded data, to EOI."""
    at = start + 2
    while at + 2 <= len(content):
        if content[at] != 0xFF:
            raise Unreadable("文件已损坏")
        marker = content[at + 1]
        if marker == 0xD9:
            return at + 2
        if marker == 0xFF or marker in _STANDALONE:
            at += 1 if marker == 0xFF else 2
            continue
        at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        if marker == 0xDA:
            at = _end_of_scan(content, at)
    raise Unreadable("文件不完整")


def _end_of_scan(content: bytes, at: int) -> int:
    """The next marker behind coded data: FF followed by neither 00 nor a restart."""
    while (at := content.find(b"\xff", at)) >= 0 and at + 1 < len(content):
        if content[at + 1] != 0 and content[at + 1] not in _STANDALONE:
            return at
        at += 2
    raise Unreadable("文件不完整")


def _read_picture(content: bytes, form: str, rules: MaterialRules) -> None:
    _check_alone(content)
    try:
        with Image.open(io.BytesIO(content), formats=[form]) as picture:
            if picture.width * picture.height > rules.largest_pixels:
                raise Unreadable(f"图片大于 {rules.largest_pixels // 10_000} 万像素")
            picture.draft(None, (picture.width // 8, picture.height // 8))  # of JPEG an eighth proves as much
            picture.load()
    except (OSError, SyntaxError, ValueError, struct.error, UnidentifiedImageError) as error:
        raise Unreadable("文件已损坏") from error
    except Image.DecompressionBombError as error:
        raise Unreadable("图片过大") from error


def _check_alone(content: bytes) -> None:
    """A picture that is at the same time a PDF, an archive or a page is refused."""
    lowered = content.lower()
    foreign = PDF in content[:_PDF_HEAD_WITHIN] or any(mark in lowered for mark in _FOREIGN)
    if foreign or zipfile.is_zipfile(io.BytesIO(content)):
        raise Unreadable("其中还藏有另一种文件")


def _read_pdf(content: bytes, rules: MaterialRules) -> None:
    if zipfile.is_zipfile(io.BytesIO(content)):
        raise Unreadable("其中还藏有另一种文件")
    recognition_pdf.read(content)


_READ: Mapping[str, Callable[[bytes, MaterialRules], None]] = {
    "jpg": _read_jpg,
    "png": _read_png,
    "pdf": _read_pdf,
}
