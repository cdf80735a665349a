"""Files people hand in: real ones, made here, and such as only look real."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject


def picture(form: str = "PNG", size: tuple[int, int] = (40, 30), **options: Any) -> bytes:
    """A picture; ``form`` as Pillow names it."""
    made = Image.effect_noise(size, 60).convert("RGB")
    out = io.BytesIO()
    made.save(out, form, **options)
    return out.getvalue()


def pdf(**active: str) -> bytes:
    """A PDF of one page; ``active`` adds entries to its catalog, such as JS='…'."""
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    if active:
        action = DictionaryObject(
            {NameObject(f"/{name}"): TextStringObject(text) for name, text in active.items()}
        )
        action[NameObject("/S")] = NameObject("/JavaScript")
        writer.root_object[NameObject("/OpenAction")] = writer._add_object(action)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def locked_pdf() -> bytes:
    """A PDF with a password."""
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def archive() -> bytes:
    """A ZIP."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("run.sh", "rm -rf /")
    return out.getvalue()
