"""Fuzz: the random processes of the tests, with more seeds, and the whole API with more examples.

``python -m bench.fuzz [SEEDS] [EXAMPLES]``; examples are for each operation, person and way of asking.
"""

from __future__ import annotations

import os
import sys

import pytest

if __name__ == "__main__":
    os.environ["XUEJI_FUZZ_SEEDS"] = sys.argv[1] if len(sys.argv) > 1 else "2000"
    os.environ["XUEJI_FUZZ_EXAMPLES"] = sys.argv[2] if len(sys.argv) > 2 else "50"
    sys.exit(
        pytest.main(
            [
                *("-q", "-n", "2"),
                "tests/engine/test_random_processes.py",
                "tests/engine/test_moving_random.py",
                "tests/api/test_whole_description.py",
            ]
        )
    )
