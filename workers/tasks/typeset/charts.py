"""Charts over time: stacked bars and lines, with quiet axes. Drawn of plain shapes, to have every line in hand."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from reportlab.graphics.shapes import Drawing, Group, Line, PolyLine, Rect, String
from reportlab.lib.colors import Color, HexColor

from workers.tasks.typeset.fonts import BOLD, TEXT, width_of
from workers.tasks.typeset.sheet import FAINT, INK, MUTED, RULE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

_LABEL = 7.0
_LEGEND = 8.0
_LEFT, _BOTTOM, _TOP = 38.0, 16.0, 22.0


class Series(NamedTuple):
    """One value for each bucket; None where there is none. `dashed` and `faint` tell lines of a colour apart."""

    name: str
    values: Sequence[float | None]
    color: HexColor
    dashed: bool = False


class Axis(NamedTuple):
    """Values from `low` to `high`, with marks; `place` says how far up a value is, from 0 to 1."""

    marks: Sequence[tuple[float, str]]
    place: Callable[[float], float]


def count_axis(highest: float) -> Axis:
    """From zero to a round number."""
    step = nice_step(max(highest, 1.0) / 4)
    top = math.ceil(max(highest, 1.0) / step) * step
    marks = [(step * index, f"{step * index:,.0f}") for index in range(round(top / step) + 1)]
    return Axis(marks, lambda value: value / top)


def nice_step(least: float) -> float:
    """The smallest of 1, 2, 5, 10, 20, 50 ... that is at least this."""
    power = 10.0 ** math.floor(math.log10(max(least, 1.0)))
    return float(next(factor * power for factor in (1, 2, 5, 10) if factor * power >= least - 1e-9))


_DURATIONS = [
    (0.001, "1 ms"),
    (0.01, "10 ms"),
    (0.1, "100 ms"),
    (1.0, "1 s"),
    (10.0, "10 s"),
    (60.0, "1 min"),
    (600.0, "10 min"),
    (3600.0, "1 h"),
    (36_000.0, "10 h"),
    (360_000.0, "100 h"),
]


def duration_axis(values: Sequence[float]) -> Axis:
    """A logarithmic axis for seconds: waits range from milliseconds to hours, and a factor is what one feels."""
    low, high = min(values, default=0.001), max(values, default=1.0)
    first = max([i for i, (edge, _) in enumerate(_DURATIONS) if edge <= low], default=0)
    last = min([i for i, (edge, _) in enumerate(_DURATIONS) if edge >= high], default=len(_DURATIONS) - 1)
    last = min(max(last, first + 1), len(_DURATIONS) - 1)
    first = min(first, last - 1)
    bottom, top = math.log(_DURATIONS[first][0]), math.log(_DURATIONS[last][0])

    def place(value: float) -> float:
        return min(1.0, max(0.0, (math.log(max(value, 1e-6)) - bottom) / (top - bottom)))

    return Axis(_DURATIONS[first : last + 1], place)


class Chart:
    """A frame with a time axis into which bars and lines are drawn."""

    def __init__(
        self,
        title: str,
        times: Sequence[datetime],
        bucket_seconds: int,
        axis: Axis,
        *,
        width: float,
        height: float = 118.0,
    ) -> None:
        self.drawing = Drawing(width, height)
        self._times = times
        self._axis = axis
        self._width = width - _LEFT
        self._height = height - _BOTTOM - _TOP
        self._slot = self._width / max(1, len(times))
        self._text((0, height - 9), title, BOLD, 9, INK)
        self._draw_marks()
        self._draw_times(bucket_seconds)

    def bars(self, stack: Sequence[Series]) -> None:
        """Stacked in the order given, the first at the bottom."""
        gap = min(2.0, self._slot * 0.22)
        for index in range(len(self._times)):
            below = 0.0
            for series in stack:
                value = series.values[index] or 0.0
                if value:
                    bottom, top = self._y(below), self._y(below + value)
                    x = self._x(index) - self._slot / 2 + gap / 2
                    # Something that happened is seen, however small beside the rest.
                    height = max(top - bottom, 0.6)
                    self._add(Rect(x, bottom, self._slot - gap, height, fillColor=series.color, strokeColor=None))
                below += value

    def lines(self, several: Sequence[Series]) -> None:
        """A line for each, broken where there is no value; a value alone is a dot."""
        for series in several:
            points: list[float] = []
            for index, value in enumerate([*series.values, None]):
                if value is not None:
                    points += [self._x(index), self._y(value)]
                    continue
                self._line(points, series)
                points = []

    def legend(self, several: Sequence[Series], *, boxes: bool) -> None:
        """Names with a piece of what each looks like, at the right above the frame."""
        x = _LEFT + self._width
        y = self.drawing.height - 9
        for series in reversed(several):
            x -= width_of(series.name, TEXT, _LEGEND)
            self._text((x, y), series.name, TEXT, _LEGEND, MUTED)
            x -= 4
            if boxes:
                self._add(Rect(x - 7, y - 0.5, 7, 7, fillColor=series.color, strokeColor=None))
                x -= 7
            else:
                self._line([x - 12, y + 2.5, x, y + 2.5], series)
                x -= 12
            x -= 12

    def note(self, words: str) -> None:
        """Words in the middle of an empty frame."""
        x = _LEFT + self._width / 2
        self._text((x - width_of(words, TEXT, 8.5) / 2, _BOTTOM + self._height / 2), words, TEXT, 8.5, MUTED)

    def _line(self, points: Sequence[float], series: Series) -> None:
        if len(points) == 2:
            self._add(
                Rect(points[0] - 1.1, points[1] - 1.1, 2.2, 2.2, rx=1.1, fillColor=series.color, strokeColor=None)
            )
        elif points:
            color = Color(*series.color.rgb(), alpha=0.65) if series.dashed else series.color
            width = 0.9 if series.dashed else 1.4
            dashes = [2.5, 2] if series.dashed else None
            line = PolyLine(list(points), strokeColor=color, strokeWidth=width, strokeDashArray=dashes)
            line.strokeLineJoin = 1
            self._add(line)

    def _draw_marks(self) -> None:
        for value, words in self._axis.marks:
            y = self._y(value)
            color = FAINT if value == self._axis.marks[0][0] else RULE
            self._add(Line(_LEFT, y, _LEFT + self._width, y, strokeColor=color, strokeWidth=0.4))
            self._text((_LEFT - 5 - width_of(words, TEXT, _LABEL), y - 2.4), words, TEXT, _LABEL, MUTED)

    def _draw_times(self, bucket_seconds: int) -> None:
        labels = time_labels(self._times, bucket_seconds, at_most=max(2, int(self._width / 62)))
        for index, words in labels:
            # At the beginning of a bucket, where its time is.
            x = _LEFT + index * self._slot
            self._add(Line(x, _BOTTOM, x, _BOTTOM - 3, strokeColor=FAINT, strokeWidth=0.4))
            half = width_of(words, TEXT, _LABEL) / 2
            left = min(max(x - half, _LEFT - 8), _LEFT + self._width - 2 * half)
            self._text((left, _BOTTOM - 11), words, TEXT, _LABEL, MUTED)

    def _x(self, index: int) -> float:
        return _LEFT + (index + 0.5) * self._slot

    def _y(self, value: float) -> float:
        return _BOTTOM + self._height * self._axis.place(value)

    def _text(self, at: tuple[float, float], words: str, font: str, size: float, color: HexColor) -> None:
        self._add(String(*at, words, fontName=font, fontSize=size, fillColor=color))

    def _add(self, shape: Group | Line | PolyLine | Rect | String) -> None:
        self.drawing.add(shape)


_LABEL_STEPS = [60, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200]
_DAY_STEPS = [1, 2, 7, 14, 28, 56, 91, 182, 364]


def time_labels(times: Sequence[datetime], bucket_seconds: int, *, at_most: int) -> list[tuple[int, str]]:
    """Which buckets to name, and how: round times of day, with the date where a new one begins."""
    if not times:
        return []
    span = (times[-1] - times[0]) + timedelta(seconds=bucket_seconds)
    step = next((s for s in _LABEL_STEPS if s >= bucket_seconds and span.total_seconds() / s <= at_most), None)
    if step is None:
        days = next((d for d in _DAY_STEPS if span.days / d <= at_most), _DAY_STEPS[-1])
        return [
            (index, f"{moment:%-d %b}")
            for index, moment in enumerate(times)
            if _seconds_of_day(moment) == 0 and moment.toordinal() % days == 0
        ]
    round_ones = [(index, moment) for index, moment in enumerate(times) if _seconds_of_day(moment) % step == 0]
    return [
        (index, f"{moment:%-d %b}" if _seconds_of_day(moment) == 0 else f"{moment:%H:%M}")
        for index, moment in round_ones
    ]


def _seconds_of_day(moment: datetime) -> int:
    return moment.hour * 3600 + moment.minute * 60 + moment.second
