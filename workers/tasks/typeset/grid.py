"""Tables that fit: column widths from what the cells hold, headers repeated, cells wrapped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Flowable, Paragraph, Table

from workers.tasks.typeset.fonts import BOLD, width_of
from workers.tasks.typeset.sheet import CELL, HEAD_CELL, INK, RULE

if TYPE_CHECKING:
    from collections.abc import Sequence

Align = Literal["left", "center", "right"]

_PADDING = 5.0
_NARROWEST = 26.0
_WIDEST_WORD = 110.0
_WIDEST = 1000.0
_LOOKED_AT = 400
_ALIGNMENTS = {"left": 0, "center": 1, "right": 2}


class Column(NamedTuple):
    """`widths` of a column follow from its head and its cells as plain text; `cells` are markup."""

    head: str
    cells: Sequence[str]
    plain_head: str
    plain_cells: Sequence[str]
    align: Align = "left"


def table(columns: Sequence[Column], width: float, *, tallest: float, fill: bool = False) -> Flowable | None:
    """The table, or None when it does not fit: too many columns, or a row taller than `tallest`.

    `fill`: as wide as the text, even when the cells need less.
    """
    if not columns or len(columns) * _NARROWEST > width:
        return None
    widths = column_widths(columns, width, fill=fill)
    heads = [Paragraph(c.head, _aligned(HEAD_CELL, c.align)) for c in columns]
    body = [[Paragraph(cell, _aligned(CELL, c.align)) for cell in c.cells] for c in columns]
    rows = [heads, *[list(row) for row in zip(*body, strict=True)]]
    if any(_height(row, widths) > tallest for row in rows):
        return None
    made = Table(rows, widths, repeatRows=1, hAlign="LEFT", spaceBefore=4, spaceAfter=12)
    made.setStyle(
        [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("VALIGN", (0, 0), (-1, 0), "BOTTOM"),
            ("LEFTPADDING", (0, 0), (-1, -1), _PADDING),
            ("RIGHTPADDING", (0, 0), (-1, -1), _PADDING),
            ("LEFTPADDING", (0, 0), (0, -1), 0),
            ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
            ("TOPPADDING", (0, 0), (-1, -1), 3.5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 4.5),
            ("LINEBELOW", (0, 0), (-1, 0), 0.8, INK),
            ("LINEBELOW", (0, 1), (-1, -1), 0.4, RULE),
        ]
    )
    return made


_styles: dict[tuple[str, Align], ParagraphStyle] = {}


def _aligned(style: ParagraphStyle, align: Align) -> ParagraphStyle:
    key = (style.name, align)
    if key not in _styles:
        _styles[key] = ParagraphStyle(f"{style.name} {align}", style, alignment=_ALIGNMENTS[align])
    return _styles[key]


def _height(row: Sequence[Paragraph], widths: Sequence[float]) -> float:
    return float(max(cell.wrap(width - 2 * _PADDING, 1e6)[1] for cell, width in zip(row, widths, strict=True)))


def column_widths(columns: Sequence[Column], available: float, *, fill: bool = False) -> list[float]:
    """Each column as wide as its cells ask for, if there is room.

    Else they share it by what they ask for, and none becomes narrower than its longest word unless all must.
    """
    padding = [2 * _PADDING] * len(columns)
    padding[0] -= _PADDING
    padding[-1] -= _PADDING
    wanted = [_widest(c) + extra + 1 for c, extra in zip(columns, padding, strict=True)]
    if sum(wanted) <= available:
        spare = (available - sum(wanted)) / len(columns) if fill else 0.0
        return [width + spare for width in wanted]
    least = [max(_NARROWEST, _longest_word(c) + extra + 1) for c, extra in zip(columns, padding, strict=True)]
    least = [min(low, want) if want > _NARROWEST else _NARROWEST for low, want in zip(least, wanted, strict=True)]
    if sum(least) > available:
        spare = available - _NARROWEST * len(columns)
        over = sum(least) - _NARROWEST * len(columns)
        return [_NARROWEST + (low - _NARROWEST) * spare / over for low in least]
    spare, over = available - sum(least), sum(wanted) - sum(least)
    return [low + (max(want, low) - low) * spare / max(over, 1.0) for low, want in zip(least, wanted, strict=True)]


def _widest(column: Column) -> float:
    # Measured in bold, for any of the words may be.
    cells = (width_of(cell[:_LOOKED_AT], BOLD, CELL.fontSize) for cell in column.plain_cells[:_LOOKED_AT])
    head = width_of(column.plain_head[:_LOOKED_AT], BOLD, CELL.fontSize)
    return min(_WIDEST, max(head, *cells, 0.0)) if column.plain_cells else head


def _longest_word(column: Column) -> float:
    # At blanks only: split() alone would also part what a no-break space holds together.
    words = [word for cell in column.plain_cells[:_LOOKED_AT] for word in cell[:_LOOKED_AT].split(" ")]
    widths = [width_of(word, BOLD, CELL.fontSize) for word in sorted(words, key=len)[-20:]]
    heads = [width_of(word, BOLD, CELL.fontSize) for word in column.plain_head[:_LOOKED_AT].split()]
    return min(_WIDEST_WORD, max(*widths, *heads, 0.0, 0.0))
