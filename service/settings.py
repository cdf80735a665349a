"""The settings of an installation, read from the environment in this one place.

docs/settings.md explains each; a test fails when one is missing there. It must not know what anybody
does with a setting.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import stat
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from service.errors import XuejiError

ROOT = Path(__file__).resolve().parents[1]

#: Where root keeps data when others, such as the account that runs PostgreSQL, may not enter the checkout.
_SYSTEM_DATA = Path("/var/lib/xueji")


class BadSetting(XuejiError):
    """A setting has a value nobody can use."""

    code, status = "bad_setting", 500


class NotRunning(XuejiError):
    """A command needs the database, and none is configured or running."""

    code, status = "not_running", 500


_ON, _OFF = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}
_KEY = re.compile(r"[A-Za-z0-9._-]{1,32}:[0-9a-fA-F]{64}")
_EVERYWHERE = {"", "0.0.0.0", "::"}  # noqa: S104  recognised, not bound


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that differs from one installation to the next."""

    data_dir: Path
    host: str = "127.0.0.1"
    port: int = 8000
    database_url: str = ""
    redis_url: str = ""
    demo: bool = False
    secret: str = ""
    processes_dir: Path = ROOT / "processes"
    forms_dir: Path = ROOT / "forms"
    upload_limit: int = 10
    web_workers: int = 2
    rate_limit: int = 3000
    stranger_limit: int = 300
    proxies: int = 0
    site_url: str = ""
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = ""
    data_keys: str = ""
    index_key: str = ""

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Settings:
        """What the environment says; a variable that is empty counts as not set."""
        given = {name: value for name, value in (os.environ if env is None else env).items() if value.strip()}
        values: dict[str, Any] = {"data_dir": default_data_dir()}
        for field, (name, read) in VARIABLES.items():
            if name in given:
                values[field] = _read(name, given[name].strip(), read)
        return cls(**values)

    @classmethod
    def of_running(cls) -> Settings:
        """Like ``from_env``, with the addresses of the embedded servers of the running installation."""
        settings = cls.from_env()
        if settings.database_url:
            return settings
        if not settings.installation_file.exists():
            raise NotRunning(
                "服务没有在运行，找不到数据库", cure="请先运行 make run，或设置环境变量 DATABASE_URL"
            )
        found = json.loads(settings.installation_file.read_text())
        return replace(
            settings,
            database_url=found["database_url"],
            redis_url=settings.redis_url or found["redis_url"],
        )

    @property
    def installation_file(self) -> Path:
        """Where a running installation tells other commands its addresses."""
        return self.data_dir / "run" / "installation.json"

    @property
    def welcome_file(self) -> Path:
        """The line for whoever started the installation, left there by the preparation."""
        return self.data_dir / "run" / "welcome.txt"

    @property
    def url(self) -> str:
        """Where a browser on this machine finds the service."""
        return f"http://{'127.0.0.1' if self.host in _EVERYWHERE else self.host}:{self.port}"

    @property
    def public_url(self) -> str:
        """Where people's browsers find the service."""
        return (self.site_url or self.url).rstrip("/")

    @property
    def secret_key(self) -> str:
        """The key that signs and encrypts: as set, or the installation's own."""
        return self.secret or keep_secret(self.data_dir / "secret.key", lambda: secrets.token_hex(32))

    @property
    def sealing_keys(self) -> dict[str, bytes]:
        """Keys of data at rest by name, the current one first; none is the installation's own."""
        parts = (one.partition(":") for one in self.data_keys.split(",") if one)
        return {name: bytes.fromhex(key) for name, _, key in parts}

    def environment(self) -> dict[str, str]:
        """The variables that give another process these same settings."""
        values = {name: getattr(self, field) for field, (name, _) in VARIABLES.items()}
        return {name: str(int(value) if isinstance(value, bool) else value) for name, value in values.items()}


def _read(name: str, text: str, read: Callable[[str], object]) -> object:
    try:
        return read(text)
    except ValueError as error:
        shown = "" if name.endswith(("KEY", "KEYS", "SECRET")) else f"“{text}”"
        raise BadSetting(
            f"环境变量 {name} 的值{shown}无效：{error}", cure="请参阅 docs/settings.md"
        ) from error


def _path(text: str) -> Path:
    return Path(text).expanduser().absolute()


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 1 << 16:
        raise ValueError("应为 1 至 65535 的整数")
    return int(text)


def _positive(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise ValueError("应为正整数")
    return int(text)


def _number(text: str) -> int:
    if not text.isdecimal():
        raise ValueError("应为整数，0 即没有")
    return int(text)


def _site(text: str) -> str:
    if not text.startswith(("http://", "https://")):
        raise ValueError("应形如 https://xueji.example.cn")
    return text


def _keys(text: str) -> str:
    """Keys as name:hex, separated by commas."""
    keys = [one.strip() for one in text.split(",") if one.strip()]
    if len({one.partition(":")[0] for one in keys}) < len(keys) or not all(map(_KEY.fullmatch, keys)):
        raise ValueError("应形如 2026b:64 位十六进制数,2026a:64 位十六进制数，名称不重复，现用的在前")
    return ",".join(keys)


def _key(text: str) -> str:
    if not re.fullmatch(r"[0-9a-fA-F]{64}", text):
        raise ValueError("应为 64 位十六进制数")
    return text


def _switch(text: str) -> bool:
    if text.lower() not in _ON | _OFF:
        raise ValueError("应为 1 或 0")
    return text.lower() in _ON


def _postgres(text: str) -> str:
    """An address of PostgreSQL in the form SQLAlchemy reads."""
    scheme, separator, rest = text.partition("://")
    if not separator or scheme not in {"postgres", "postgresql", "postgresql+psycopg"}:
        raise ValueError("应形如 postgresql://用户:口令@主机/库名")
    return f"postgresql+psycopg://{rest}"


def _redis(text: str) -> str:
    if not text.startswith(("redis://", "rediss://", "redis+socket://", "unix://")):
        raise ValueError("应形如 redis://主机:6379/0")
    return text


VARIABLES: Mapping[str, tuple[str, Callable[[str], object]]] = {
    "data_dir": ("DATA_DIR", _path),
    "host": ("HOST", str),
    "port": ("PORT", _port),
    "database_url": ("DATABASE_URL", _postgres),
    "redis_url": ("REDIS_URL", _redis),
    "demo": ("XUEJI_DEMO", _switch),
    "secret": ("XUEJI_SECRET_KEY", str),
    "data_keys": ("XUEJI_DATA_KEYS", _keys),
    "index_key": ("XUEJI_INDEX_KEY", _key),
    "processes_dir": ("XUEJI_PROCESSES", _path),
    "forms_dir": ("XUEJI_FORMS", _path),
    "upload_limit": ("XUEJI_UPLOAD_LIMIT", _positive),
    "web_workers": ("WEB_CONCURRENCY", _positive),
    "rate_limit": ("XUEJI_RATE_LIMIT", _number),
    "stranger_limit": ("XUEJI_STRANGER_LIMIT", _number),
    "proxies": ("XUEJI_PROXIES", _number),
    "site_url": ("XUEJI_SITE_URL", _site),
    "oidc_issuer": ("XUEJI_OIDC_ISSUER", _site),
    "oidc_client_id": ("XUEJI_OIDC_CLIENT_ID", str),
    "oidc_client_secret": ("XUEJI_OIDC_CLIENT_SECRET", str),
}


def default_data_dir() -> Path:
    """var/ of the checkout; for root, a folder of the system when others may not enter the checkout."""
    closed = any(not folder.stat().st_mode & stat.S_IXOTH for folder in (ROOT, *ROOT.parents))
    return _SYSTEM_DATA if os.geteuid() == 0 and closed else ROOT / "var"


def keep_secret(path: Path, make: Callable[[], str]) -> str:
    """The secret in ``path``; made on first use, readable by its owner only.

    Two processes may ask at once: the secret is written aside and linked to its name, so the one that
    comes second finds a complete file and takes the other's secret.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        aside = path.with_name(f".{path.name}.{os.getpid()}")
        aside.touch(mode=0o600)
        aside.write_text(make())
        with suppress(FileExistsError):  # the other process was first: its secret counts
            os.link(aside, path)
        aside.unlink()
    return path.read_text()
