"""How often a client may ask: a bucket for each, in the broker, so that it is the same bucket for every web process."""

import math
from dataclasses import dataclass, field

_KEPT = 20_000


@dataclass
class RateLimit:
    """``per_minute`` requests at once, refilled evenly over a minute; 0 lets everything through."""

    per_minute: int
    _buckets: dict[str, tuple[float, float]] = field(default_factory=dict)

    def admit(self, client: str, now: float, cost: int = 1) -> int:
        """0 when the client may go on, else the seconds until it may."""
        if not self.per_minute:
            return 0
        level, at = self._buckets.get(client, (float(self.per_minute), now))
        level = min(self.per_minute, level + (now - at) * self.per_minute / 60)
        if level < cost:
            return max(1, math.ceil((cost - level) * 60 / self.per_minute))
        self._buckets[client] = (level - cost, now)
        if len(self._buckets) > _KEPT:
            self._forget(now)
        return 0

    def _forget(self, now: float) -> None:
        """Drop the buckets that are full again; a client without one has a full one."""
        refill = self.per_minute / 60
        self._buckets = {
            client: (level, at) for client, (level, at) in self._buckets.items() if level + (now - at) * refill < self.per_minute
        }
