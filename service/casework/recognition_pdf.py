"""Reading a PDF far enough to know that it is one, shows pages, and does nothing by itself.

Pure Python on purpose: a hostile file meets no memory-unsafe code in the web process.
"""

from __future__ import annotations

import io
import logging
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

_END, _END_WITHIN = b"%%EOF", 1024
_MOST_OBJECTS = 50_000
# What would run, open or carry something else when the file is looked at.
_ACTIVE = {
    "/JS",
    "/JavaScript",
    "/Launch",
    "/EmbeddedFile",
    "/EmbeddedFiles",
    "/RichMedia",
    "/XFA",
    "/AA",
    "/OpenAction",
}
_ACTIONS = {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/RichMediaExecute", "/GoToE", "/GoToR"}

logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what is wrong with a file is told to whoever sent it


class Unreadable(Exception):
    """Why a file is not accepted, in Chinese, to stand behind a colon."""


def read(content: bytes) -> None:
    """Raises Unreadable."""
    if _END not in content[-_END_WITHIN:] or content.rpartition(_END)[2].strip(b"\0\r\n\t \x1a"):
        raise Unreadable("文件不完整，或末尾之后还有别的内容")
    try:
        reader = PdfReader(io.BytesIO(content), strict=False)
        if reader.is_encrypted:
            raise Unreadable("文件设有密码")
        if not len(reader.pages):
            raise Unreadable("没有页面")
        _check_still(reader)
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise Unreadable(
            "文件已损坏"
        ) from error  # a parser stumbles over hostile files in every possible way


def _check_still(reader: PdfReader) -> None:
    """Walk everything that is reachable from the trailer; nothing of it may act."""
    seen: set[int] = set()
    todo: list[Any] = [reader.trailer]
    count = 0
    while todo:
        thing = todo.pop()
        if isinstance(thing, IndirectObject):
            if thing.idnum in seen:
                continue
            seen.add(thing.idnum)
            thing = thing.get_object()
        count += 1
        if count > _MOST_OBJECTS:
            raise Unreadable("结构过于复杂")
        if isinstance(thing, DictionaryObject):
            _check_dictionary(thing)
            todo.extend(thing.raw_get(name) for name in thing)
        elif isinstance(thing, ArrayObject):
            todo.extend(list.__iter__(thing))


def _check_dictionary(thing: DictionaryObject) -> None:
    opens = thing.get("/OpenAction")
    names = set(thing) & (_ACTIVE - ({"/OpenAction"} if isinstance(opens, ArrayObject) else set()))
    if isinstance(opens, DictionaryObject) and opens.get("/S") == "/GoTo":
        names.discard("/OpenAction")  # which page to begin with
    if names or thing.get("/S") in _ACTIONS:
        raise Unreadable("其中有脚本、附带文件或会自动执行的动作")
