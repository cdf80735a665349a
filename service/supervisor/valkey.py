"""The embedded Valkey, which speaks the Redis protocol: configuration, command line, address.

Everything in it outlives a crash (append-only file). It must not know who puts what into it.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import redis

from service.settings import keep_secret
from service.supervisor.binaries import valkey_program
from service.supervisor.errors import CannotStart
from service.supervisor.ports import LOOPBACK, free_port

_CONFIGURATION = """\
bind {host}
port {port}
dir "{folder}"
requirepass {password}
appendonly {durable}
save ""
set-proc-title no
daemonize no
"""


@dataclass(frozen=True, kw_only=True)
class Valkey:
    """An embedded server whose files all lie in ``data_dir``."""

    data_dir: Path
    durable: bool = True

    @property
    def folder(self) -> Path:
        return self.data_dir / "valkey"

    @property
    def configuration(self) -> Path:
        return self.data_dir / "run" / "valkey.conf"

    @cached_property
    def port(self) -> int:
        return free_port()

    @cached_property
    def password(self) -> str:
        return keep_secret(self.data_dir / "valkey.password", lambda: secrets.token_hex(24))

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@{LOOPBACK}:{self.port}/0"

    def prepare(self) -> None:
        """Write the configuration: in a file, because everybody may read a command line."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.configuration.parent.mkdir(parents=True, exist_ok=True)
        self.configuration.touch(mode=0o600)
        self.configuration.write_text(
            _CONFIGURATION.format(
                host=LOOPBACK,
                port=self.port,
                folder=self.folder,
                password=self.password,
                durable="yes" if self.durable else "no",
            )
        )

    def command(self) -> tuple[str, ...]:
        """The command line of the server."""
        return (str(valkey_program()), str(self.configuration))

    def wait_ready(self, *, seconds: float, alive: Callable[[], bool]) -> None:
        """Return when the server answers, which it does not while it still loads its file."""
        end = time.monotonic() + seconds
        with redis.Redis.from_url(self.url) as client:
            while True:
                try:
                    client.ping()
                    return
                except redis.ConnectionError as error:
                    if not alive() or time.monotonic() > end:
                        raise CannotStart(
                            f"Valkey 未能启动：{error}", cure=f"请查看 {self.data_dir / 'log' / 'valkey.log'}"
                        ) from error
                    time.sleep(0.02)
