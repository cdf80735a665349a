"""The process in which uploads are read: files in on standard input, a verdict a file out on standard output.

Started and, when it takes too long, ended by ``quarantine``. Ends by itself when its input does.
"""

from __future__ import annotations

import resource
import sys
from typing import BinaryIO

import orjson

from service.checks.reading import read
from service.errors import BadDefinition

MEMORY = 1 << 30  # bytes this process may ever ask for


def main() -> None:
    """Serve until nobody asks any more."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    questions, answers = sys.stdin.buffer, sys.stdout.buffer
    _say(answers, [])  # ready
    while head := questions.readline():
        name, size = orjson.loads(head)
        _say(answers, _answer(name, _exactly(questions, size)))


def _say(answers: BinaryIO, answer: list[str]) -> None:
    answers.write(orjson.dumps(answer) + b"\n")
    answers.flush()


def _exactly(source: BinaryIO, size: int) -> bytes:
    content = source.read(size)
    if len(content) < size:
        sys.exit(0)
    return content


def _answer(name: str, content: bytes) -> list[str]:
    """Nothing when the file can be read; else what is wrong with it and what to do."""
    try:
        read(name, content)
    except BadDefinition as error:
        return [error.message, error.problem.cure]
    except Exception as error:  # noqa: BLE001  # whatever a stranger's file does to a reader, it is the file's fault
        return [f"文件的内容无法读取（{type(error).__name__}）", "请用建模工具重新导出该文件"]
    return []


if __name__ == "__main__":
    main()
