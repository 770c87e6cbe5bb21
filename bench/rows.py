"""The table of speed: which figures are compared, and what is asked of them."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Figures = dict[str, float]
"""What one round measured, by name."""


@dataclass(frozen=True)
class Row:
    """One line: `figure` over `peer`, or `figure` alone when there is no peer."""

    group: str
    work: str
    figure: str
    peer: str | None
    floor: float
    aim: float | None
    unit: str
    better: Literal["more", "less"] = "more"

    def ratio(self, rounds: Sequence[Mapping[str, float]]) -> float:
        """The median of each round's ratio: both sides of one ran side by side, under the same noise."""
        return median(one[self.figure] / (one[self.peer] if self.peer else 1.0) for one in rounds)

    def holds(self, ratio: float) -> bool:
        return ratio >= self.floor if self.better == "more" else ratio <= self.floor

    def reaches(self, ratio: float) -> bool:
        return self.aim is None or (ratio >= self.aim if self.better == "more" else ratio <= self.aim)


ROWS = (
    Row("drain", "drain 20,000 no-op jobs, beside Celery alone", "ours", "celery", 18, 30, "jobs/s"),
    Row("drain", "the same, beside pgqueuer", "ours", "pgqueuer", 1.0, 1.5, "jobs/s"),
    Row("each", "the same, commit each, beside Celery alone", "ours each", "celery", 2.5, 3, "jobs/s"),
    Row("backlog", "a million waiting, beside 20,000 waiting", "million", "20,000", 0.9, 0.95, "jobs/s"),
    Row(
        "history",
        "drain beside 5,000,000 that are over, beside none",
        "beside 5 million",
        "beside none",
        0.9,
        0.95,
        "jobs/s",
    ),
    Row("history", "the slowest of all questions beside them", "slowest question", None, 50, None, "ms", "less"),
    Row("http", "submit one over HTTP, beside Flask + apply_async", "http", "flask", 0.8, 1.1, "jobs/s"),
    Row("batch", "submit 10,000 at once, beside one by one", "batch", "http", 30, 33, "jobs/s"),
    Row("pickup", "idle pick-up p50, beside Celery alone", "p50", "celery p50", 1.5, 1.0, "ms", "less"),
    Row("pickup", "idle pick-up p99, beside Celery alone", "p99", "celery p99", 1.5, 1.0, "ms", "less"),
    Row("pickup", "the same p50, beside commit a row + apply_async", "p50", "committed p50", 1.5, 1.0, "ms", "less"),
    Row("pickup", "the same p99, beside commit a row + apply_async", "p99", "committed p99", 1.5, 1.0, "ms", "less"),
    Row("bulk", "pick-up p50 while a million are cancelled", "p50 beside an act", "p50 alone", 3, 2, "ms", "less"),
    Row("bulk", "pick-up p99 then", "p99 beside an act", None, 50, None, "ms", "less"),
    Row("bulk", "jobs cancelled by that one act", "acted", None, 5000, None, "jobs/s"),
    Row("memory", "a slot's growth over 100,000 jobs", "growth", None, 5, None, "MB", "less"),
    Row("site", "the site's first view, compressed, without fonts", "first view", None, 200, None, "kB", "less"),
    Row("site", "its first view, time to interactive", "interactive", None, 1000, None, "ms", "less"),
    Row("site", "events heard by a live list of jobs", "events heard", None, 990, None, "1/s"),
    Row("site", "the longest task of each second then, p95", "long task p95", None, 50, None, "ms", "less"),
    Row("site", "growth of its heap in 9 minutes of that", "heap growth", None, 2, None, "MB", "less"),
    Row("site", "frames while 100,000 rows scroll, p95", "frame p95", None, 32, None, "ms", "less"),
)
GROUPS = tuple(dict.fromkeys(row.group for row in ROWS))


def table(rows: Sequence[Row], rounds: Sequence[Mapping[str, float]]) -> list[str]:
    """The lines to print."""
    lines = [f"{'work':<50}{'ours':>10}{'peer':>10}{'':8}{'ratio':>7}{'floor':>8}{'aim':>7}"]
    for row in rows:
        ours = median(one[row.figure] for one in rounds)
        peer = f"{median(one[row.peer] for one in rounds):,.{_places(row)}f}" if row.peer else "-"
        ratio = row.ratio(rounds)
        verdict = "MISSED" if not row.holds(ratio) else "pass" if row.reaches(ratio) else "pass, aim missed"
        limit = f"{'>=' if row.better == 'more' else '<='}{row.floor:g}"
        aim = "-" if row.aim is None else f"{row.aim:g}"
        values = f"{ours:>10,.{_places(row)}f}{peer:>10} {row.unit:<7}{ratio:>7.2f}{limit:>8}{aim:>7}"
        lines.append(f"{row.work:<50}{values}  {verdict}")
    return lines


def _places(row: Row) -> int:
    return 0 if row.unit == "jobs/s" else 2
