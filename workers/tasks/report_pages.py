"""The report as a story: what is said about a period, in which order, and how it looks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from reportlab.lib.colors import HexColor
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import CondPageBreak, KeepTogether, Paragraph, Spacer, Table

from trajectory.priorities import Priority
from trajectory.states import JobState
from trajectory.store.report_data import Tally
from workers.tasks import words
from workers.tasks.typeset.charts import Chart, Series, count_axis, duration_axis
from workers.tasks.typeset.flowables import Heading
from workers.tasks.typeset.fonts import BOLD, CODE, markup
from workers.tasks.typeset.grid import Align, Column, table
from workers.tasks.typeset.sheet import BODY, INK, MUTED, NOTE, css, heading_style
from workers.tasks.words import DASH, duration, moment, share

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from reportlab.platypus import Flowable

    from trajectory.store.report_data import Cell, ErrorGroup, Period, SlowJob, WorkerRow

COLORS = {
    Priority.HIGH: HexColor("#c8500c"),
    Priority.MEDIUM: HexColor("#6d47d9"),
    Priority.LOW: HexColor("#0f7388"),
}
FAILED = HexColor("#c62f2f")

_TITLE = ParagraphStyle("report title", heading_style(1), fontSize=25, leading=31, spaceAfter=2)
_PERIOD = ParagraphStyle("period", BODY, fontSize=11, leading=15, textColor=MUTED, spaceAfter=14)
_FIGURE = ParagraphStyle("figure", BODY, fontName=BOLD, fontSize=17, leading=21, spaceAfter=0)
_ON_FIGURES = ParagraphStyle("on figures", NOTE, spaceAfter=5)
_MAX_TASKS = 40
_MAX_MESSAGE = 300


@dataclass(frozen=True)
class Findings:
    """What was read about the period."""

    period: Period
    over_time: dict[Cell, Tally]
    by_task: dict[str, Tally]
    errors: Sequence[ErrorGroup]
    error_groups: int
    slowest: Sequence[SlowJob]
    workers: Sequence[WorkerRow]
    worker_count: int
    counted_until: datetime | None

    @cached_property
    def by_priority(self) -> dict[Priority, Tally]:
        tallies = {priority: Tally() for priority in Priority}
        for (_, priority), tally in self.over_time.items():
            tallies[priority].add(tally)
        return tallies

    @cached_property
    def total(self) -> Tally:
        total = Tally()
        for tally in self.by_priority.values():
            total.add(tally)
        return total

    def tally(self, at: datetime, priority: Priority) -> Tally:
        return self.over_time.get((at, priority)) or Tally()


class _Cell(NamedTuple):
    """What a cell says, and how: `look` is markup with a place for the words."""

    text: str
    look: str = "{}"


def story(found: Findings, *, width: float, height: float) -> list[Flowable]:
    """The whole report for a column of this size."""
    page = _Page(width, height)
    return [
        Heading(markup("Service report"), _TITLE, ("report", "Service report", 0)),
        Paragraph(markup(words.span(found.period.start, found.period.end)), _PERIOD),
        _figures(found, width),
        *page.section("Jobs by priority", [page.table(_COUNT_HEADS, _priority_rows(found, _counts))]),
        *page.section("Waits and runs by priority", [page.table(_DURATION_HEADS, _priority_rows(found, _durations))]),
        *page.section("Over time", _charts(found, width)),
        *page.section("By task", _by_task(found, page)),
        *page.section("Errors", _errors(found, page)),
        *page.section("Slowest jobs", _slowest(found, page)),
        *page.section("Workers", _workers(found, page)),
        *page.section("How these figures are made", [Paragraph(markup(line), _ON_FIGURES) for line in _notes(found)]),
    ]


class _Page:
    def __init__(self, width: float, height: float) -> None:
        self._width = width
        self._height = height
        self._sections = 0

    def section(self, title: str, pieces: Sequence[Flowable]) -> list[Flowable]:
        self._sections += 1
        heading = Heading(markup(title), heading_style(2), (f"section-{self._sections}", title, 1))
        return [CondPageBreak(90), heading, *pieces]

    def table(self, heads: Sequence[tuple[str, Align]], rows: Sequence[Sequence[_Cell | str]]) -> Flowable:
        cells = [[_Cell(cell) if isinstance(cell, str) else cell for cell in row] for row in rows]
        columns = [
            Column(
                markup(head),
                [row[index].look.format(markup(row[index].text)) for row in cells],
                head,
                [row[index].text for row in cells],
                align,
            )
            for index, (head, align) in enumerate(heads)
        ]
        made = table(columns, self._width, tallest=self._height, fill=True)
        assert made is not None, "columns are few and cells are short"
        return made

    @staticmethod
    def nothing(what: str) -> list[Flowable]:
        return [Paragraph(markup(what), NOTE)]


def _figures(found: Findings, width: float) -> Flowable:
    """The five numbers that one looks for first."""
    total = found.total
    failed = _Cell(words.count(total.failed), f'<font color="{css(FAILED)}">{{}}</font>' if total.failed else "{}")
    figures = [
        ("submitted", _Cell(words.count(total.submitted))),
        ("succeeded", _Cell(words.count(total.succeeded))),
        ("failed", failed),
        ("success rate", _Cell(share(total.success_rate))),
        ("wait p95, high", _Cell(duration(found.by_priority[Priority.HIGH].wait_seconds(0.95)))),
    ]
    rows = [
        [Paragraph(cell.look.format(markup(cell.text)), _FIGURE) for _, cell in figures],
        [Paragraph(markup(name), NOTE) for name, _ in figures],
    ]
    made = Table(rows, [width / len(figures)] * len(figures), spaceAfter=6)
    made.setStyle(
        [
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("TOPPADDING", (0, 0), (-1, -1), 0),
            ("BOTTOMPADDING", (0, 0), (-1, 0), 1),
            ("LINEABOVE", (0, 0), (-1, 0), 1.2, INK),
            ("TOPPADDING", (0, 0), (-1, 0), 7),
        ]
    )
    return made


_COUNT_HEADS: list[tuple[str, Align]] = [
    ("Priority", "left"),
    ("Submitted", "right"),
    ("Succeeded", "right"),
    ("Failed", "right"),
    ("Cancelled", "right"),
    ("Retried", "right"),
    ("Success", "right"),
]
_DURATION_HEADS: list[tuple[str, Align]] = [
    ("Priority", "left"),
    ("Wait p50", "right"),
    ("Wait p95", "right"),
    ("Wait p99", "right"),
    ("Run p50", "right"),
    ("Run p95", "right"),
]


def _priority_rows(found: Findings, cells: Callable[[Tally], list[_Cell | str]]) -> list[list[_Cell | str]]:
    rows = [[_priority(priority), *cells(tally)] for priority, tally in found.by_priority.items()]
    return [*rows, [_Cell("all", "<b>{}</b>"), *cells(found.total)]]


def _priority(priority: Priority) -> _Cell:
    return _Cell(priority.value, f'<font name="{BOLD}" color="{css(COLORS[priority])}">{{}}</font>')


def _failures(number: int) -> _Cell:
    return _Cell(words.count(number), f'<font color="{css(FAILED)}">{{}}</font>' if number else "{}")


def _counts(tally: Tally) -> list[_Cell | str]:
    return [
        words.count(tally.submitted),
        words.count(tally.succeeded),
        _failures(tally.failed),
        words.count(tally.cancelled),
        words.count(tally.retried),
        share(tally.success_rate),
    ]


def _durations(tally: Tally) -> list[_Cell | str]:
    waits = [duration(tally.wait_seconds(p)) for p in (0.5, 0.95, 0.99)]
    return [*waits, *(duration(tally.run_seconds(p)) for p in (0.5, 0.95))]


def _charts(found: Findings, width: float) -> list[Flowable]:
    times = found.period.bucket_starts
    stacks = {p: [found.tally(at, p) for at in times] for p in Priority}
    ended = [Series(p, [t.succeeded + t.failed + t.cancelled for t in stacks[p]], COLORS[p]) for p in Priority]
    failed = [float(sum(stacks[p][index].failed for p in Priority)) for index in range(len(times))]
    p95 = [Series(f"{p} p95", [t.wait_seconds(0.95) for t in stacks[p]], COLORS[p]) for p in Priority]
    p50 = [Series(f"{p} p50", [t.wait_seconds(0.5) for t in stacks[p]], COLORS[p], dashed=True) for p in Priority]
    each = words.width(found.period.bucket_seconds)

    def chart(title: str, axis_of: Sequence[float], kind: str) -> Chart:
        axis = duration_axis(axis_of) if kind == "duration" else count_axis(max(axis_of, default=0.0))
        return Chart(title, times, found.period.bucket_seconds, axis, width=width)

    heights = [sum(s.values[index] or 0.0 for s in ended) for index in range(len(times))]
    throughput = chart(f"Jobs ended per {each}", heights, "count")
    throughput.bars(ended)
    throughput.legend(ended, boxes=True)
    waited = [value for series in [*p95, *p50] for value in series.values if value is not None]
    waits = chart("Wait before the start", waited, "duration")
    waits.lines([*p50, *p95])
    waits.legend([*p50, *p95], boxes=False)
    failures = chart(f"Jobs failed per {each}", failed, "count")
    failures.bars([Series("failed", failed, FAILED)])
    for drawn, is_empty in ((throughput, not any(heights)), (waits, not waited), (failures, not any(failed))):
        if is_empty:
            drawn.note("none in this period")
    return [piece for c in (throughput, waits, failures) for piece in (KeepTogether([c.drawing]), Spacer(1, 12))]


def _by_task(found: Findings, page: _Page) -> list[Flowable]:
    if not found.by_task:
        return page.nothing("No job was submitted or ended in this period.")
    heads: list[tuple[str, Align]] = [
        ("Task", "left"),
        ("Submitted", "right"),
        ("Succeeded", "right"),
        ("Failed", "right"),
        ("Retried", "right"),
        ("Success", "right"),
        ("Wait p95", "right"),
        ("Run p50", "right"),
        ("Run p95", "right"),
    ]
    shown = list(found.by_task.items())[:_MAX_TASKS]
    rows: list[list[_Cell | str]] = [
        [
            name[:100],
            words.count(tally.submitted),
            words.count(tally.succeeded),
            _failures(tally.failed),
            words.count(tally.retried),
            share(tally.success_rate),
            duration(tally.wait_seconds(0.95)),
            duration(tally.run_seconds(0.5)),
            duration(tally.run_seconds(0.95)),
        ]
        for name, tally in shown
    ]
    return [page.table(heads, rows), *_more(len(found.by_task) - len(shown), "task", page)]


def _errors(found: Findings, page: _Page) -> list[Flowable]:
    if not found.errors:
        return page.nothing("No attempt failed in this period.")
    heads: list[tuple[str, Align]] = [
        ("Attempts", "right"),
        ("Jobs", "right"),
        ("Type and message", "left"),
        ("Task", "left"),
        ("Last", "right"),
    ]
    rows: list[list[_Cell | str]] = [
        [
            _failures(group.attempts),
            words.count(group.jobs),
            _Cell(f"{group.type[:120]}: {_cut(group.message)}", "{}"),
            ", ".join(name[:60] for name in group.tasks[:3]) + (" …" if len(group.tasks) > 3 else ""),
            words.brief(group.last_at),
        ]
        for group in found.errors
    ]
    return [page.table(heads, rows), *_more(found.error_groups - len(found.errors), "kind of error", page)]


def _cut(message: str) -> str:
    line = " ".join(message.split())
    return line if len(line) <= _MAX_MESSAGE else f"{line[:_MAX_MESSAGE]}…"


def _slowest(found: Findings, page: _Page) -> list[Flowable]:
    if not found.slowest:
        return page.nothing("No job ended in this period.")
    heads: list[tuple[str, Align]] = [
        ("Run", "right"),
        ("Wait", "right"),
        ("Priority", "left"),
        ("Task", "left"),
        ("State", "left"),
        ("Ended", "right"),
        ("Job", "left"),
    ]
    rows: list[list[_Cell | str]] = [
        [
            duration(job.run_seconds),
            duration(job.wait_seconds),
            _priority(job.priority),
            job.task[:100],
            _Cell(job.state, f'<font color="{css(FAILED)}">{{}}</font>' if job.state == JobState.FAILED else "{}"),
            words.brief(job.finished_at),
            # The space before has the size of the row's other words, and so puts the small ones on their line.
            _Cell(str(job.id), f'\N{HAIR SPACE}<font name="{CODE}" size="6.5">{{}}</font>'),
        ]
        for job in found.slowest
    ]
    return [page.table(heads, rows)]


def _workers(found: Findings, page: _Page) -> list[Flowable]:
    if not found.workers:
        return page.nothing("No worker was alive in this period.")
    heads: list[tuple[str, Align]] = [
        ("Worker", "left"),
        ("Queues", "left"),
        ("Slots", "right"),
        ("Jobs", "right"),
        ("Busy", "right"),
        ("Since", "right"),
        ("Until", "right"),
    ]
    rows: list[list[_Cell | str]] = [
        [
            worker.name[:100],
            ", ".join(worker.queues),
            words.count(worker.slots),
            words.count(worker.jobs),
            share(_busy_share(worker, found.period)),
            words.brief(worker.started_at),
            "alive" if worker.ended_at is None else f"{words.brief(worker.ended_at)}{', lost' if worker.lost else ''}",
        ]
        for worker in found.workers
    ]
    return [page.table(heads, rows), *_more(found.worker_count - len(found.workers), "worker", page)]


def _busy_share(worker: WorkerRow, period: Period) -> float | None:
    """Of the time that its slots had in the period, the share in which they ran jobs."""
    ends = [period.end] if worker.ended_at is None else [period.end, worker.ended_at]
    lived = (min(ends) - max(period.start, worker.started_at)).total_seconds() * worker.slots
    return min(1.0, worker.busy_seconds / lived) if lived > 0 else None


def _more(number: int, what: str, page: _Page) -> list[Flowable]:
    if number <= 0:
        return []
    plural = what.replace("kind", "kinds", 1) if what.startswith("kind") else f"{what}s"
    return page.nothing(f"and {words.count(number)} more {what if number == 1 else plural}")


_ON_COUNTS = (
    "A job counts where it happened: as submitted in the minute of its submission, as succeeded, failed or cancelled "
    "in the minute of its end, and as retried once for each attempt that was followed by another."
)
_ON_TIMES = (
    "Success is the share of succeeded jobs among those that succeeded or failed. Wait is the time from when a job was "
    "due to the start of its last attempt, run the length of that attempt. p95 is the time that 95 % of the jobs stay "
    f"below; it is read from classes each 1.41 times as wide as the one before {DASH} and so exact to about a fifth."
)
_ON_ERRORS = "Errors are counted by attempt; messages that differ only in numbers are one. All times are UTC."


def _notes(found: Findings) -> list[str]:
    notes = [_ON_COUNTS, _ON_TIMES, _ON_ERRORS]
    if found.counted_until is not None and found.counted_until < found.period.end:
        notes.append(f"Jobs are counted up to {moment(found.counted_until)}:{found.counted_until:%S} UTC.")
    elif found.counted_until is None:
        notes.append("Nothing has been counted yet: no dispatcher has run.")
    return notes
