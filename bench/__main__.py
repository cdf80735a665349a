"""``python -m bench [engine|checks|http …]``: every measurement, or the ones named."""

from __future__ import annotations

import sys
from importlib import import_module

from bench.report import Report

ALL = ("engine", "checks", "http", "timers", "storage", "inbox")


def main(names: list[str]) -> int:
    report = Report()
    for name in names or ALL:
        report.console.rule(name)
        import_module(f"bench.{name}").run(report)
    return report.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
