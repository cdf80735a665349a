"""Chromium without a window: what a page becomes once its scripts have run, and a picture of it.

It must not know what the page shows. Two short runs instead of a driver: no Node.js is needed to draw.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from service.drawing.errors import CannotDraw

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
PATIENCE_SECONDS = 60
SETTLING_MILLISECONDS = 10_000  # of the page's own clock, which runs ahead: a page at rest costs no waiting
FIRST_LOOK = "--window-size=1200,900"  # wide enough for a form to show its columns side by side
SMALLEST = (480, 320)  # a smaller window is photographed before the browser has painted it whole
SHARPNESS = "1.5"  # device pixels for one pixel of the page: small labels stay legible in print


@dataclass(frozen=True, kw_only=True)
class Chromium:
    """An installed browser."""

    program: str

    @staticmethod
    def find(names: Sequence[str] = NAMES) -> Chromium:
        """The first of the usual programs that is installed."""
        for name in names:
            if program := shutil.which(name):
                return Chromium(program=program)
        raise CannotDraw(
            "找不到 Chromium 浏览器，无法出图",
            cure="请安装：apt-get install -y chromium fonts-noto-cjk",
        )

    def settled(self, page: Path) -> str:
        """The page's HTML after its scripts have run."""
        return self._run(page, "--dump-dom", FIRST_LOOK)

    def photograph(self, page: Path, target: Path, width: int, height: int) -> None:
        """Write the page's upper left corner as a PNG."""
        size = (
            f"--window-size={max(width, SMALLEST[0])},{max(height, SMALLEST[1])}",
            f"--force-device-scale-factor={SHARPNESS}",
        )
        self._run(page, f"--screenshot={target.resolve()}", "--hide-scrollbars", *size)
        if not target.is_file():
            raise CannotDraw(
                "Chromium 没有写出图片", file=str(target), cure="请检查目录是否可写、磁盘是否已满"
            )

    def _run(self, page: Path, *options: str) -> str:
        sandbox = ("--no-sandbox",) if os.geteuid() == 0 else ()  # Chromium refuses to sandbox itself as root
        profile = f"--user-data-dir={page.parent / 'profile'}"
        settling = f"--virtual-time-budget={SETTLING_MILLISECONDS}"
        plain = ("--headless", "--disable-gpu", settling, *sandbox, profile)
        command = (self.program, *plain, *options, page.as_uri())
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=True
            )
        except subprocess.TimeoutExpired as late:
            raise CannotDraw(
                f"Chromium 在 {PATIENCE_SECONDS} 秒内没有画完", cure="请关闭其他程序后重试"
            ) from late
        except subprocess.CalledProcessError as failed:
            raise CannotDraw(f"Chromium 出错：{failed.stderr.strip()[-300:]}") from failed
        return done.stdout
