"""Which account runs PostgreSQL, and whether that account can reach a path.

PostgreSQL refuses to run as root. Started by root, it therefore runs as an account that every system
has; nothing is created on the system and nothing outside DATA_DIR changes its owner or mode.
"""

from __future__ import annotations

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

#: Exists on every Debian, owns nothing, cannot log in. initdb needs an account with a name, so a bare
#: user id would not do.
UNPRIVILEGED = "nobody"


@dataclass(frozen=True, kw_only=True)
class Account:
    """An account of the system; ``switch`` tells whether a child must change to it."""

    uid: int
    gid: int
    switch: bool

    def popen_options(self) -> dict[str, object]:
        """What subprocess needs to start a child as this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.switch else {}

    def own(self, path: Path) -> None:
        """Hand a path inside DATA_DIR to this account."""
        if self.switch:
            os.chown(path, self.uid, self.gid)

    def admit(self, folder: Path) -> None:
        """Let this account's group, and nobody else, pass through a folder of DATA_DIR."""
        if self.switch and not self._may_enter(folder):
            os.chown(folder, -1, self.gid)
            folder.chmod(stat.S_IMODE(folder.stat().st_mode) | stat.S_IXGRP)

    def obstacle(self, path: Path) -> Path | None:
        """The outermost existing folder on the way to ``path`` that this account may not enter."""
        if not self.switch:
            return None
        chain = [*reversed(path.absolute().parents), path.absolute()]
        return next((step for step in chain if step.is_dir() and not self._may_enter(step)), None)

    def _may_enter(self, folder: Path) -> bool:
        status = folder.stat()
        if status.st_uid == self.uid:
            return bool(status.st_mode & stat.S_IXUSR)
        if status.st_gid == self.gid:
            return bool(status.st_mode & stat.S_IXGRP)
        return bool(status.st_mode & stat.S_IXOTH)


def database_account() -> Account:
    """The account for PostgreSQL: ourselves, or an unprivileged one when we are root."""
    if os.geteuid() != 0:
        return Account(uid=os.geteuid(), gid=os.getegid(), switch=False)
    entry = pwd.getpwnam(UNPRIVILEGED)
    return Account(uid=entry.pw_uid, gid=entry.pw_gid, switch=True)
