"""Pieces of a page that reportlab has not: indented and barred ones, code, and headings with an outline entry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from reportlab.platypus import Flowable, Paragraph
from reportlab.platypus.flowables import HRFlowable

from workers.tasks.typeset.fonts import CODE, TEXT, width_of
from workers.tasks.typeset.sheet import CODE_STYLE, MUTED, RULE, WASH, draw_text

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_OUTLINE_TITLE = 200
_CODE_PADDING = 7
_TAB = 4


class Place(NamedTuple):
    """Where a piece stands: how far in, beside which bars (of quotes), and with which marker (of a list item)."""

    left: float = 0.0
    bars: tuple[float, ...] = ()
    marker: str = ""


class Placed(Flowable):
    """A piece at its place. The space after it belongs to it, so that the bars of a quote have no gaps."""

    def __init__(self, piece: Flowable, place: Place, *, baseline: float = 11.0) -> None:
        super().__init__()
        self._piece = piece
        self._place = place
        self._baseline = baseline
        before, after = float(piece.getSpaceBefore()), float(piece.getSpaceAfter())
        self.spaceBefore, self.spaceAfter = (0.0, 0.0) if place.bars else (before, after)
        self._inner_after = after if place.bars else 0.0

    def end_bars(self) -> None:
        """The quote ends here: the space after this piece is outside it."""
        self.spaceAfter, self._inner_after = self.spaceAfter + self._inner_after, 0.0

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:
        _, height = self._piece.wrapOn(self.canv, available_width - self._place.left, available_height)
        self.width, self.height = available_width, height + self._inner_after
        # What does not fit only for the space after it, fits.
        if height <= available_height < self.height:
            self.height = available_height
        return self.width, self.height

    def split(self, available_width: float, available_height: float) -> list[Flowable]:
        parts = self._piece.splitOn(self.canv, available_width - self._place.left, available_height)
        places = [self._place, *[self._place._replace(marker="")] * len(parts)]
        return [Placed(part, place, baseline=self._baseline) for part, place in zip(parts, places, strict=False)]

    def draw(self) -> None:
        canvas = self.canv
        for x in self._place.bars:
            canvas.setFillColor(RULE)
            canvas.rect(x, 0, 2.2, self.height, stroke=0, fill=1)
        bottom = min(self._inner_after, self.height)
        self._piece.drawOn(canvas, self._place.left, bottom)
        if self._place.marker:
            canvas.setFillColor(MUTED)
            x = self._place.left - 6 - width_of(self._place.marker, TEXT, 10)
            draw_text(canvas, (x, self.height - self._baseline), self._place.marker, TEXT, 10)


class Heading(Paragraph):
    """A heading that is in the outline and can be linked to."""

    def __init__(self, markup: str, style: Any, entry: tuple[str, str, int] | None) -> None:
        super().__init__(markup, style)
        self.entry = entry  # key, title, level

    def split(self, available_width: float, available_height: float) -> list[Flowable]:
        parts: list[Flowable] = super().split(available_width, available_height)
        if parts:
            parts[0].entry = self.entry
            for part in parts[1:]:
                part.entry = None
        return parts

    def draw(self) -> None:
        if self.entry:
            key, title, level = self.entry
            self.canv.bookmarkHorizontal(key, 0, self.height)
            self.canv.addOutlineEntry(title[:MAX_OUTLINE_TITLE] or "-", key, level, closed=level > 0)
        super().draw()


class CodeBlock(Flowable):
    """Lines of code on a light ground, broken where they are too wide, and split between pages."""

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__()
        self.spaceBefore, self.spaceAfter = 2, 9
        self._lines = list(lines)
        self._wrapped: list[str] = []

    def wrap(self, available_width: float, _: float) -> tuple[float, float]:
        room = available_width - 2 * _CODE_PADDING
        self._wrapped = [piece for line in self._lines for piece in broken(line, room)]
        self.width = available_width
        self.height = len(self._wrapped) * CODE_STYLE.leading + 2 * _CODE_PADDING
        return self.width, self.height

    def split(self, available_width: float, available_height: float) -> list[Flowable]:
        if not self._wrapped:
            self.wrap(available_width, available_height)
        fit = int((available_height - 2 * _CODE_PADDING) / CODE_STYLE.leading)
        if fit < min(3, len(self._wrapped)):
            return []
        return [CodeBlock(self._wrapped[:fit]), CodeBlock(self._wrapped[fit:])]

    def draw(self) -> None:
        canvas = self.canv
        canvas.setFillColor(WASH)
        canvas.roundRect(0, 0, self.width, self.height, 3, stroke=0, fill=1)
        canvas.setFillColor(CODE_STYLE.textColor)
        y = self.height - _CODE_PADDING - CODE_STYLE.fontSize
        for line in self._wrapped:
            draw_text(canvas, (_CODE_PADDING, y), line, CODE, CODE_STYLE.fontSize)
            y -= CODE_STYLE.leading


def broken(line: str, room: float) -> list[str]:
    """A line of code as lines that fit into `room` points."""
    line = line.expandtabs(_TAB)
    size = CODE_STYLE.fontSize
    in_line = max(1, int(room / width_of("0", CODE, size)))
    if line.isascii():
        return [line[at : at + in_line] for at in range(0, len(line), in_line)] or [""]
    lines, start, width = [], 0, 0.0
    for index, character in enumerate(line):
        advance = width_of(character, CODE, size, CODE)
        if width + advance > room and index > start:
            lines.append(line[start:index])
            start, width = index, 0.0
        width += advance
    return [*lines, line[start:]]


def rule() -> Flowable:
    return HRFlowable(width="100%", thickness=0.7, color=RULE, spaceBefore=7, spaceAfter=12)
