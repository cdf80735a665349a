"""The plan of an installation as its settings want it."""

from __future__ import annotations

import json
import os
import signal
from dataclasses import replace

from service.settings import ROOT, Settings
from service.supervisor.plan import Plan, Server
from service.supervisor.postgres import Postgres
from service.supervisor.programs import beat, preparation, web, worker
from service.supervisor.valkey import Valkey

_SECONDS = 60.0


def plan(settings: Settings) -> Plan:
    """Embedded servers where no address is set, then the preparation, then web, worker and beat."""
    servers: list[Server] = []
    if not settings.database_url:
        postgres = Postgres.inside(settings.data_dir)
        servers.append(_postgres_server(postgres))
        settings = replace(settings, database_url=postgres.url())
    if not settings.redis_url:
        valkey = Valkey(data_dir=settings.data_dir)
        servers.append(_valkey_server(valkey))
        settings = replace(settings, redis_url=valkey.url)
    environment = {**os.environ, **settings.environment(), "PYTHONPATH": str(ROOT)}
    return Plan(
        data_dir=settings.data_dir,
        servers=tuple(servers),
        preparations=(preparation(settings, environment),),
        programs=(web(settings, environment), worker(settings, environment), beat(settings, environment)),
        listens=(settings.host, settings.port),
        announce=lambda: _announce(settings),
        withdraw=lambda: settings.installation_file.unlink(missing_ok=True),
    )


def _postgres_server(postgres: Postgres) -> Server:
    return Server(
        name="postgres",
        title="启动内置 PostgreSQL",
        prepare=postgres.prepare,
        command=postgres.command(),
        environment=postgres.environment(),
        popen_options=postgres.account.popen_options(),
        ready=lambda alive: postgres.wait_ready(seconds=_SECONDS, alive=alive),
        stop_signal=signal.SIGINT,  # its fast shutdown: sessions are ended, nothing is lost
        patience=60.0,
    )


def _valkey_server(valkey: Valkey) -> Server:
    return Server(
        name="valkey",
        title="启动内置 Valkey",
        prepare=valkey.prepare,
        command=valkey.command(),
        ready=lambda alive: valkey.wait_ready(seconds=_SECONDS, alive=alive),
    )


def _announce(settings: Settings) -> str:
    """Tell other commands the addresses, and the user the line the preparation has left for him."""
    addresses = {"database_url": settings.database_url, "redis_url": settings.redis_url, "url": settings.url}
    aside = settings.installation_file.with_suffix(".new")
    aside.touch(mode=0o600)
    aside.write_text(json.dumps(addresses))
    aside.rename(settings.installation_file)  # in one piece: another command may be waiting for it
    return settings.welcome_file.read_text().strip()
