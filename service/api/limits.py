"""How often one may ask: counted in Redis for all processes together; where Redis is away, nobody is kept out.

It must not know what is asked.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.errors import StorageError
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter

from service.api.memory import Memory
from service.errors import XuejiError

log = logging.getLogger(__name__)

#: A process asks Redis once for a hundredth of a limit, not for every request; the rest of it is good for some seconds.
_SHARE = 100
_SECONDS = 20.0


class TooMany(XuejiError):
    """Too often; ``retryAfter`` says when again."""

    code, status = "too_many", 429


class Limits:
    """Counters of one installation: requests a minute of each person, and of each address nobody has signed in from.

    0 is no limit. Exact below ``2 * _SHARE`` a minute; above, to within a few hundredths.
    """

    def __init__(self, redis_url: str, person: int, stranger: int) -> None:
        storage = storage_from_string(_address(redis_url), wrap_exceptions=True)
        self._limiter = FixedWindowRateLimiter(storage)
        self._person = RateLimitItemPerMinute(person) if person else None
        self._stranger = RateLimitItemPerMinute(stranger) if stranger else None
        self._in_hand: Memory[tuple[str, str], Iterator[int]] = Memory(_SECONDS)

    def check_person(self, person: str) -> None:
        """Raises TooMany."""
        if self._person is not None:
            self._check(self._person, "person", person)

    def check_stranger(self, address: str, what: str) -> None:
        """Raises TooMany."""
        if self._stranger is not None:
            self._check(self._stranger, what, address)

    def _check(self, limit: RateLimitItem, kind: str, who: str) -> None:
        in_hand = self._in_hand.get((kind, who))
        if in_hand is not None and next(in_hand, None) is not None:
            return
        share = max(1, limit.amount // _SHARE)
        try:
            if self._limiter.hit(limit, kind, who, cost=share):
                self._in_hand.put((kind, who), iter(range(share - 1)))
                return
            reset = self._limiter.get_window_stats(limit, kind, who).reset_time
        except StorageError as error:
            log.warning("rate limits are not counted: %s", error)
            return
        seconds = max(1, int(reset - time.time()) + 1)
        raise TooMany("请求过于频繁", cure=f"请在 {seconds} 秒后重试", details={"retryAfter": seconds})


def _address(redis_url: str) -> str:
    """A Redis address as ``limits`` writes it."""
    if redis_url.startswith("unix://"):
        return f"redis+{redis_url}"
    return redis_url.replace("redis+socket://", "redis+unix://", 1) or "memory://"
