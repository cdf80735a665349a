"""The embedded PostgreSQL: cluster, command line, connection string.

Through a socket inside DATA_DIR that only its owner may enter; where the path is too long for a socket,
through a loopback port with a password. It must not know what the database is used for.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from service.settings import keep_secret
from service.supervisor.accounts import Account, database_account
from service.supervisor.binaries import postgres_programs
from service.supervisor.errors import CannotStart
from service.supervisor.ports import LOOPBACK, fits_socket, free_port
from service.supervisor.stale import free_cluster

DATABASE = "xueji"
_USER = "xueji"
_SOCKET_PORT = 5432
_SETTINGS = {
    "shared_buffers": "128MB",
    "max_connections": "100",
    "jit": "off",  # compiling costs more than our short statements take
    "lc_messages": "C",
    "log_min_duration_statement": "500ms",
    "idle_in_transaction_session_timeout": "60s",  # a stuck request must not hold an instance's lock for ever
}
#: For tests only: what a crash of the machine would lose, a test may lose.
_FORGETFUL = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
}


@dataclass(frozen=True, kw_only=True)
class Postgres:
    """An embedded server whose files all lie in ``data_dir``."""

    data_dir: Path
    account: Account
    durable: bool = True

    @classmethod
    def inside(cls, data_dir: Path, *, durable: bool = True) -> Postgres:
        """The server of ``data_dir``, run by the account PostgreSQL accepts."""
        return cls(data_dir=data_dir, account=database_account(), durable=durable)

    @property
    def cluster(self) -> Path:
        return self.data_dir / "postgres"

    @property
    def socket_folder(self) -> Path:
        return self.data_dir / "run" / "postgres"

    @cached_property
    def programs(self) -> Path:
        return postgres_programs(self.account, self.data_dir)

    @cached_property
    def tcp_port(self) -> int | None:
        """None while a socket will do."""
        return None if fits_socket(self.socket_folder, f".s.PGSQL.{_SOCKET_PORT}.lock") else free_port()

    @cached_property
    def password(self) -> str:
        return keep_secret(self.data_dir / "postgres.password", lambda: secrets.token_urlsafe(24))

    def url(self, database: str = DATABASE) -> str:
        """The connection string, in the form SQLAlchemy reads."""
        if self.tcp_port is None:
            return f"postgresql+psycopg://{_USER}@/{database}?host={quote(str(self.socket_folder), safe='')}"
        return f"postgresql+psycopg://{_USER}:{self.password}@{LOOPBACK}:{self.tcp_port}/{database}"

    def prepare(self) -> None:
        """Create the folders and, the first time, the cluster."""
        obstacle = self.account.obstacle(self.data_dir.parent)
        if obstacle:
            raise CannotStart(
                f"以 root 运行时，PostgreSQL 由系统用户 nobody 运行，但该用户无法进入目录 {obstacle}",
                cure="请用环境变量 DATA_DIR 指定其他目录（例如 /var/lib/xueji），或改用普通用户运行",
            )
        free_cluster(self.cluster)
        shutil.rmtree(self.socket_folder, ignore_errors=True)
        self.socket_folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        for folder in (self.data_dir, self.socket_folder.parent):
            self.account.admit(folder)
        self._folder(self.socket_folder)
        if not self.cluster.exists():
            self._initialise()
        self._check_version()

    def _folder(self, path: Path) -> None:
        path.mkdir(mode=0o700)
        self.account.own(path)

    def _check_version(self) -> None:
        found = (self.cluster / "PG_VERSION").read_text().strip()
        answer = self._run("postgres", "--version").stdout
        ours = answer.split()[-1].partition(".")[0]
        if found != ours:
            raise CannotStart(
                f"{self.cluster} 由 PostgreSQL {found} 建立，当前内置版本为 {ours}",
                cure="请安装原来的版本并用 pg_dump 导出数据，或改用其他 DATA_DIR",
            )

    def _initialise(self) -> None:
        """initdb into a side folder, renamed when complete: an interrupted start leaves no half cluster."""
        unfinished = self.cluster.with_name("postgres.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        self._folder(unfinished)
        password = self.socket_folder / "password"
        password.write_text(self.password)
        self.account.own(password)
        options = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        access = [
            "--auth-local=trust",
            "--auth-host=scram-sha-256",
            f"--pwfile={password}",
            f"--username={_USER}",
        ]
        speed = ["--no-instructions", *([] if self.durable else ["--no-sync"])]
        try:
            self._run("initdb", f"--pgdata={unfinished}", *options, *access, *speed)
        finally:
            password.unlink()
        unfinished.rename(self.cluster)

    def _run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        done: subprocess.CompletedProcess[str] = subprocess.run(
            [str(self.programs / program), *arguments],
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            env=self.environment(),
            **self.account.popen_options(),  # type: ignore[call-overload]
        )
        if done.returncode:
            raise CannotStart(f"PostgreSQL 的 {program} 失败：{done.stderr.strip()[-2000:]}")
        return done

    @staticmethod
    def environment() -> dict[str, str]:
        """Our environment without what would make a PostgreSQL program look elsewhere."""
        return {name: value for name, value in os.environ.items() if not name.startswith("PG")}

    def command(self) -> tuple[str, ...]:
        """The command line of the server."""
        settings = dict(_SETTINGS) | ({} if self.durable else _FORGETFUL)
        settings |= {"unix_socket_directories": "", "listen_addresses": ""}
        if self.tcp_port is None:
            settings["unix_socket_directories"] = f'"{self.socket_folder}"'
        else:
            settings["listen_addresses"] = LOOPBACK
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        port = str(self.tcp_port or _SOCKET_PORT)
        return (str(self.programs / "postgres"), "-D", str(self.cluster), "-p", port, *options)

    def wait_ready(self, *, seconds: float, alive: Callable[[], bool]) -> None:
        """Return when the server answers; create the database when it is not there yet."""
        end = time.monotonic() + seconds
        while True:
            try:
                return ensure_database(self.url("postgres"), DATABASE)
            except psycopg.OperationalError as error:
                if not alive() or time.monotonic() > end:
                    raise CannotStart(
                        f"PostgreSQL 未能启动：{error}",
                        cure=f"请查看 {self.data_dir / 'log' / 'postgres.log'}",
                    ) from error
                time.sleep(0.05)


def libpq_url(url: str) -> str:
    """The same connection string for psycopg, which does not know SQLAlchemy's driver names."""
    scheme, _, rest = url.partition("://")
    return f"{scheme.partition('+')[0]}://{rest}"


def ensure_database(maintenance_url: str, name: str) -> None:
    """Create the database unless it exists."""
    with psycopg.connect(libpq_url(maintenance_url), autocommit=True, connect_timeout=5) as connection:
        found = connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone()
        if not found:
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
