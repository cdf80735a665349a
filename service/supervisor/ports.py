"""Free ports and short sockets on this machine."""

from __future__ import annotations

import socket
from pathlib import Path

LOOPBACK = "127.0.0.1"

#: sun_path holds 108 bytes with its closing zero; the name PostgreSQL appends takes its share.
_LONGEST_SOCKET = 107


def free_port() -> int:
    """A TCP port nobody on the loopback interface listens on right now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def is_free(host: str, port: int) -> bool:
    """Whether a server could listen there; a connection of a server just ended does not count."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def fits_socket(folder: Path, name: str) -> bool:
    """Whether a socket of that name can lie in that folder and be named in a connection string.

    libpq reads a comma as the beginning of a second host.
    """
    path = str(folder / name)
    return len(path.encode()) <= _LONGEST_SOCKET and "," not in path and '"' not in path
