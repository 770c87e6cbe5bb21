"""Durations as histograms: they can be added up, and any percentile read from the sum."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

EDGES: tuple[float, ...] = tuple(round(0.001 * 2 ** (step / 2), 6) for step in range(56))
"""Upper edges of the buckets in seconds, from 1 ms to about 52 h, each 1.41 times the one before.

Bucket 0 holds what is below the first edge, the last one what is above the last edge."""


def percentile(counts: Mapping[int, int], share: float) -> float | None:
    """Seconds below which `share` (0 to 1) of the durations lie, interpolated within a bucket; None without any."""
    return percentiles(counts, (share,))[0]


def percentiles(counts: Mapping[int, int], shares: Sequence[float]) -> list[float | None]:
    """The same for several shares, in ascending order."""
    total = sum(counts.values())
    if not total:
        return [None] * len(shares)
    found: list[float | None] = []
    below = 0
    for bucket in sorted(counts):
        count = counts[bucket]
        while len(found) < len(shares) and count and below + count >= shares[len(found)] * total:
            low = EDGES[bucket - 1] if bucket else 0.0
            high = EDGES[min(bucket, len(EDGES) - 1)]
            found.append(low + (high - low) * max(0.0, shares[len(found)] * total - below) / count)
        below += count
    return [*found, *[EDGES[-1]] * (len(shares) - len(found))]
