"""Drawing diagrams, tables and forms as pictures, with the very viewers that show them in the browser.

It knows files and Chromium; it must not know what a diagram means, nor engine, database or HTTP.
"""

from service.drawing.errors import CannotDraw
from service.drawing.picture import draw

__all__ = ["CannotDraw", "draw"]
