"""What the README says works as it is written."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from bench.installation import installation

ROOT = Path(__file__).parents[1]


def test_every_link_of_the_documentation_leads_somewhere() -> None:
    for page in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md")):
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text()):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name} links to {target}"


@pytest.mark.skipif(
    shutil.which("curl") is None, reason="the tour is told with curl, which this machine lacks"
)
def test_the_tour_works_when_pasted() -> None:
    tour = re.search(r"<!-- tour -->\s*```bash\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert tour is not None
    with installation() as settings:
        script = f"set -euo pipefail\nAPI={settings.url}\n{tour.group(1)}"
        done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    answers = done.stdout
    assert answers.count('"code":"refused"') == 1, "only the suspended pupil is refused"
    assert '"code":' not in answers.replace('"code":"refused"', ""), answers
    assert "MOE2016-3.2-c" in answers
    assert '"published"' in answers, "the bulletin names the units that missed their limit"
