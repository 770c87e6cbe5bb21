from __future__ import annotations

import bisect

import pytest

from trajectory.store.durations import EDGES, percentile, percentiles


def histogram(values):
    counts = {}
    for value in values:
        bucket = bisect.bisect_right(EDGES, value)
        counts[bucket] = counts.get(bucket, 0) + 1
    return counts


def test_nothing_has_no_percentile():
    assert percentile({}, 0.5) is None


@pytest.mark.parametrize("share", [0.01, 0.5, 0.95, 0.99, 1.0])
def test_a_percentile_is_right_to_within_a_bucket(share):
    values = [0.002 * number for number in range(1, 5001)]
    true = values[int(share * len(values)) - 1]

    assert true / 1.42 <= percentile(histogram(values), share) <= true * 1.42


def test_several_shares_are_read_at_once_like_one_by_one():
    counts = histogram([0.002 * number for number in range(1, 50)] + [10**9])
    shares = (0.0, 0.5, 0.5, 0.95, 1.0)

    assert percentiles(counts, shares) == [percentile(counts, share) for share in shares]
    assert percentiles({}, shares) == [None] * len(shares)


def test_what_is_beyond_the_last_edge_counts_as_the_last_edge():
    assert percentile(histogram([10**9]), 0.5) == EDGES[-1]
