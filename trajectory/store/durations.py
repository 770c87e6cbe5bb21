"""Durations as histograms: they can be added up, and any percentile read from the sum."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

EDGES: tuple[float, ...] = tuple(round(0.001 * 2 ** (step / 2), 6) for step in range(56))
"""Upper edges of the buckets in seconds, from 1 ms to about 52 h, each 1.41 times the one before.

Bucket 0 holds what is below the first edge, the last one what is above the last edge."""


def percentile(counts: Mapping[int, int], share: float) -> float | None:
    """Seconds below which `share` (0 to 1) of the durations lie, interpolated within a bucket; None without any."""
    total = sum(counts.values())
    if not total:
        return None
    wanted = share * total
    below = 0
    for bucket in sorted(counts):
        count = counts[bucket]
        if below + count >= wanted and count:
            low = EDGES[bucket - 1] if bucket else 0.0
            high = EDGES[min(bucket, len(EDGES) - 1)]
            return low + (high - low) * max(0.0, wanted - below) / count
        below += count
    return EDGES[-1]
