"""Encryption at rest: AES-GCM under keys the database does not hold, and keyed digests to find equal texts by.

What is sealed begins with the id of its key, so that old keys still read while new ones write; it is bound to its
place (``about``), so that nobody can move it to another row. It must not know what is sealed.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import Flask, current_app

from service.errors import XuejiError

INSTALLATION_KEY = "installation"
_FORMAT = b"\x01"
_NONCE = 12
_KEY = "xueji.vault"


class Unreadable(XuejiError):
    """The key is missing, or somebody changed or moved what was sealed."""

    code, status = "unreadable", 500


@dataclass(frozen=True)
class Vault:
    """``keys`` by id; ``current`` seals, all of them open. ``index_key`` makes the digests."""

    keys: Mapping[str, AESGCM]
    current: str
    index_key: bytes

    @classmethod
    def of(cls, secret: str, keys: Mapping[str, bytes], index_key: bytes = b"") -> Vault:
        """The given keys, the first one current; behind them the one made from the installation's secret."""
        made = {**keys, INSTALLATION_KEY: _derived(secret, b"xueji personal data")}
        return cls(
            keys={name: AESGCM(key) for name, key in made.items()},
            current=next(iter(made)),
            index_key=index_key or _derived(secret, b"xueji blind index"),
        )

    @property
    def prefix(self) -> bytes:
        """What everything sealed under the current key begins with."""
        name = self.current.encode()
        return _FORMAT + bytes([len(name)]) + name

    def seal(self, plain: bytes, about: str) -> bytes:
        """Encrypt for one place."""
        nonce = os.urandom(_NONCE)
        return self.prefix + nonce + self.keys[self.current].encrypt(nonce, plain, about.encode())

    def open(self, sealed: bytes, about: str) -> bytes:
        """What was sealed for this place. Raises Unreadable."""
        length = sealed[1] if len(sealed) > 1 else 0
        name, rest = sealed[2 : 2 + length].decode("ascii", "replace"), sealed[2 + length :]
        key = self.keys.get(name)
        if sealed[:1] != _FORMAT or key is None:
            cure = "请在 XUEJI_DATA_KEYS 中补上这个密钥"
            raise Unreadable(f"没有密钥“{name[:40]}”，加密的数据读不出来", cure=cure)
        try:
            return key.decrypt(rest[:_NONCE], rest[_NONCE:], about.encode())
        except (InvalidTag, ValueError) as error:
            raise Unreadable("加密的数据被改动过，或密钥不对", cure="请联系系统管理员") from error

    def index(self, text: str, kind: str) -> bytes:
        """A digest by which an equal text is found; without the key it tells nothing."""
        return hmac.digest(self.index_key, f"{kind}\0{text}".encode(), "sha256")


def install(app: Flask, vault: Vault) -> None:
    """Give an application its keys."""
    app.extensions[_KEY] = vault


def vault() -> Vault:
    """The keys of the application at work."""
    return cast(Vault, current_app.extensions[_KEY])


def _derived(secret: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret.encode())
