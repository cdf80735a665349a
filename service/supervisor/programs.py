"""The programs of an installation: preparation, web, worker, beat.

Their command lines are their whole configuration. It must not know what they do, only how
each is started and when it answers.
"""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping

from service.settings import Settings
from service.supervisor.errors import CannotStart
from service.supervisor.plan import ChildSpec, python_command

_SECONDS = 60.0
#: Threads of one web process; its pool of database connections is as large.
_THREADS = "8"
_WORKERS = "2"
#: Workers share a broker and a database; they have nothing to tell each other.
_NO_NEIGHBOURS = ("--without-gossip", "--without-mingle")


def preparation(settings: Settings, environment: Mapping[str, str]) -> ChildSpec:
    """Everything before the first request, in a process of its own: the supervisor stays small."""
    return ChildSpec(
        name="bootstrap",
        title="准备数据",
        command=python_command(settings.data_dir, "service.bootstrap"),
        environment=environment,
    )


def web(settings: Settings, environment: Mapping[str, str]) -> ChildSpec:
    """Gunicorn: a few processes with threads, because a request waits for the database most of the time."""
    options = {
        "--bind": f"{settings.host}:{settings.port}",
        "--workers": str(settings.web_workers),
        "--worker-class": "service.serving.Worker",
        "--threads": _THREADS,
        "--timeout": "60",
        "--graceful-timeout": "10",
        "--worker-tmp-dir": str(settings.data_dir / "run"),
        "--access-logfile": str(settings.data_dir / "log" / "access.log"),
        # Addresses without their queries: what people look for is nobody's business.
        "--access-logformat": '%(h)s %(u)s %(t)s "%(m)s %(U)s" %(s)s %(b)s %(M)sms',
        # A client that sends its head slowly, or a head without end, holds no thread.
        "--limit-request-line": "8190",
        "--limit-request-fields": "64",
        "--limit-request-field_size": "8190",
        "--keep-alive": "5",
    }
    arguments = [part for option in options.items() for part in option]
    return ChildSpec(
        name="web",
        title="启动网页与接口",
        command=python_command(
            settings.data_dir, "gunicorn", *arguments, "--no-control-socket", "service.serving:serve()"
        ),
        environment=environment,
        ready=lambda alive: _wait_for_web(f"{settings.url}/health", alive),
        patience=15.0,
    )


def worker(settings: Settings, environment: Mapping[str, str]) -> ChildSpec:
    """Celery's worker; told to end, it finishes what it has begun."""
    return _celery(settings, environment, "worker", "后台作业", ["--concurrency", _WORKERS, *_NO_NEIGHBOURS])


def beat(settings: Settings, environment: Mapping[str, str]) -> ChildSpec:
    """Celery's clock. Without a pid file: after a kill -9 its stale pid may belong to somebody else."""
    schedule = settings.data_dir / "run" / "beat-schedule"
    return _celery(settings, environment, "beat", "定时器", ["--schedule", str(schedule), "--pidfile="])


def _celery(
    settings: Settings, environment: Mapping[str, str], name: str, title: str, options: list[str]
) -> ChildSpec:
    arguments = ["--app", "service.jobs", "--quiet", name, "--loglevel", "INFO", *options]
    command = python_command(settings.data_dir, "celery", *arguments)
    return ChildSpec(name=name, title=title, command=command, environment=environment)


def _wait_for_web(url: str, alive: Callable[[], bool]) -> None:
    end = time.monotonic() + _SECONDS
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # never ask a proxy about ourselves
    while True:
        try:
            with opener.open(url, timeout=5):
                return
        except urllib.error.HTTPError as error:
            raise CannotStart(f"网页服务启动后不正常：{url} 返回 {error.code}") from error
        except OSError as error:
            if not alive() or time.monotonic() > end:
                raise CannotStart(f"网页服务未能启动：{error}") from error
            time.sleep(0.05)
