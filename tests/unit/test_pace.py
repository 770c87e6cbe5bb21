from __future__ import annotations

from workers.pace import MOST_TOGETHER, Pace


def test_one_job_is_claimed_until_something_is_known():
    assert Pace().want() == 1


def test_quick_jobs_are_claimed_together_up_to_ten_milliseconds_and_a_hundred():
    pace = Pace()
    pace.learn("quick", 0.001)

    assert pace.want() == 10

    for _ in range(100):
        pace.learn("quick", 0.000_001)

    assert pace.want() == MOST_TOGETHER


def test_a_slow_job_makes_the_next_claim_small_and_is_known_by_name():
    pace = Pace()
    pace.learn("quick", 0.000_1)
    pace.learn("slow", 1.0)

    assert pace.want() == 1
    assert pace.expected_seconds("slow") == 1.0
    assert pace.expected_seconds("quick") == 0.000_1
