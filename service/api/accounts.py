"""Who people are: verified passwords, tokens, and the roles they may use today.

Everything slow is remembered for a moment: a person's row for seconds, a verified password or token for a minute.
A remembered password holds only while the stored hash is the same. It must not know HTTP.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from service.api.memory import Memory
from service.casework import standing
from service.casework.actors import Actor
from service.errors import Unauthenticated, XuejiError
from service.registry.law import Law
from service.registry.model import RoleInUnit
from service.store import attempts, people
from service.store.db import transaction
from service.store.people import AccountRow

PERSON_SECONDS = 5.0
PASSWORD_SECONDS = 60.0  # and tokens
TOKEN_LIFE = timedelta(hours=8)
_ALGORITHM = "HS256"
_TURNS = 64
_LONGEST = 1000  # of a name or password; more is no mistake of typing


class LockedOut(XuejiError):
    """Too many wrong passwords; the right one does not count for a while either."""

    code, status = "locked_out", 429


@dataclass(frozen=True, kw_only=True)
class Account:
    """A person as the law sees them today."""

    actor: Actor
    password_hash: str

    @property
    def mark(self) -> str:
        """Changes with the password: a token made before does not outlive it."""
        return hashlib.sha256(self.password_hash.encode()).hexdigest()[:16]


class Accounts:
    """Finds and verifies the people of one process."""

    def __init__(self, law: Law, secret_key: str) -> None:
        self._law, self._secret_key = law, secret_key
        self._people: Memory[tuple[str, str], Account | None] = Memory(PERSON_SECONDS)
        self._verified: Memory[bytes, bool] = Memory(PASSWORD_SECONDS)
        self._signed: Memory[str, Mapping[str, Any]] = Memory(PASSWORD_SECONDS)
        self._salt = secrets.token_bytes(32)
        self._turns = [threading.Lock() for _ in range(_TURNS)]
        self._hasher = PasswordHasher()
        self._decoy = self._hasher.hash(secrets.token_hex(16))

    def by_password(self, username: str, password: str, address: str) -> Account:
        """Raises Unauthenticated, without saying which of the two is wrong, and LockedOut after several of them."""
        if not _plausible(username) or not _plausible(password):
            raise _unknown()
        account = self._find("username", username)
        stored = account.password_hash if account else ""
        key = self._key(username, password, stored)
        if account is not None and self._verified.get(key):
            return account
        with self._turns[hash(username) % _TURNS]:  # guesses sent at once do not all pass the lock
            if account is not None and self._verified.get(key):
                return account
            _check_lock(username, address)
            right = self._matches(stored or self._decoy, password)  # as slow for a name nobody has
            if account is None or not right:
                attempts.failed(username, address)
                raise _unknown()
            attempts.succeeded(username, address)
            self._verified.put(key, True)
            return account

    def by_token(self, token: str) -> Account:
        """Raises Unauthenticated for a token that is not ours, has run out or is older than the password."""
        claims = self._signed.get(token)
        if claims is None or claims["exp"] <= time.time():
            claims = self._claims(token)
            self._signed.put(token, claims)
        account = self.by_mark(str(claims["sub"]), claims.get("mark"))
        if account is None:
            raise Unauthenticated("令牌已失效", cure="请重新登录取得令牌")
        return account

    def _claims(self, token: str) -> Mapping[str, Any]:
        try:
            claims: Mapping[str, Any] = jwt.decode(
                token, self._secret_key, algorithms=[_ALGORITHM], options={"require": ["sub", "exp"]}
            )
        except jwt.PyJWTError as error:
            raise Unauthenticated("令牌无效或已过期", cure="请重新登录取得令牌") from error
        return claims

    def by_mark(self, person: str, mark: object) -> Account | None:
        """A person whose password is still the one the mark was made with."""
        account = self._find("id", person)
        return account if account is not None and mark == account.mark else None

    def by_username(self, username: str) -> Account | None:
        """A person somebody else has verified."""
        return self._find("username", username) if _plausible(username) else None

    def hashed(self, password: str) -> str:
        """A password as it is stored."""
        return self._hasher.hash(password)

    def token(self, account: Account) -> tuple[str, datetime]:
        """A new token and the real instant it runs out."""
        now = datetime.now(UTC)
        claims = {"sub": account.actor.id, "mark": account.mark, "iat": now, "exp": now + TOKEN_LIFE}
        return jwt.encode(claims, self._secret_key, algorithm=_ALGORITHM), now + TOKEN_LIFE

    def forget(self) -> None:
        """Roles, people or the day have changed in this process: read afresh."""
        self._people.clear()

    def _find(self, column: str, value: str) -> Account | None:
        found = self._people.get((column, value))
        if found is None:
            with transaction() as connection:
                row = people.account(connection, column, value)
            found = self._account(row) if row is not None and row.active else None
            self._people.put((column, value), found)
        return found

    def _account(self, row: AccountRow) -> Account:
        held = [one for one in row.roles if self._law.roles.qualified(one, row.today)]
        today = standing.of(self._law.roles, row)
        actor = Actor(
            id=row.id,
            username=row.username,
            name=row.name,
            roles=today.roles,
            powers=_powers(held),
            standing_in=today.standing_in,
        )
        return Account(actor=actor, password_hash=row.password_hash)

    def _matches(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False

    def _key(self, username: str, password: str, stored: str) -> bytes:
        text = "\0".join((username, password, stored))
        return hmac.digest(self._salt, text.encode(), "sha256")


def _powers(held: list[RoleInUnit]) -> frozenset[str]:
    return frozenset(one.role for one in held if not one.unit)


def _plausible(text: str) -> bool:
    return 0 < len(text) <= _LONGEST and "\0" not in text


def _check_lock(username: str, address: str) -> None:
    seconds = attempts.seconds_locked(username, address)
    if seconds:
        cure = f"请在 {seconds} 秒后重试；忘记密码请联系本单位的系统管理员"
        raise LockedOut("密码错误次数过多，暂时不能登录", cure=cure, details={"retryAfter": seconds})


def _unknown() -> Unauthenticated:
    return Unauthenticated("用户名或密码不正确", cure="请核对后重试")
