"""The sheet: page size, margins, running feet, styles and colours."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any, Literal

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_LEFT, TA_RIGHT
from reportlab.lib.pagesizes import A4, LETTER
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate

from workers.tasks.typeset.fonts import BOLD, CODE, TEXT, load_fonts, runs, width_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

PageSize = Literal["a4", "letter"]

INK, MUTED, FAINT = HexColor("#1b1d22"), HexColor("#5c616b"), HexColor("#8d929c")
RULE, WASH, LINK = HexColor("#d9dce1"), HexColor("#f4f5f7"), HexColor("#0b5cad")

_SIZES: dict[str, tuple[float, float]] = {"a4": A4, "letter": LETTER}
_TOTAL_PAGES = "total-pages"
_HEAD, _FOOT, _FOOT_SIZE = 22 * mm, 22 * mm, 8

load_fonts()

BODY = ParagraphStyle(
    "body",
    fontName=TEXT,
    fontSize=10,
    leading=15,
    textColor=INK,
    spaceAfter=7,
    splitLongWords=1,
    allowWidows=0,
    allowOrphans=0,
    embeddedHyphenation=0,
)
SMALL = ParagraphStyle("small", BODY, fontSize=8.5, leading=11.5, spaceAfter=0)
NOTE = ParagraphStyle("note", SMALL, textColor=MUTED)
CELL = ParagraphStyle("cell", SMALL, alignment=TA_LEFT)
NUMBER_CELL = ParagraphStyle("number", CELL, alignment=TA_RIGHT)
HEAD_CELL = ParagraphStyle("head", CELL, fontName=BOLD, textColor=MUTED)
NUMBER_HEAD_CELL = ParagraphStyle("number head", HEAD_CELL, alignment=TA_RIGHT)
CODE_STYLE = ParagraphStyle("code", BODY, fontName=CODE, fontSize=8.5, leading=12)


def css(color: HexColor) -> str:
    """The colour as markup names it."""
    return f"#{color.hexval()[2:]}"


def heading_style(level: int) -> ParagraphStyle:
    """Level 1 is a chapter; the sizes below it come closer to the text's."""
    size = {1: 19.0, 2: 14.5, 3: 12.0, 4: 10.5, 5: 10.0, 6: 10.0}[level]
    above = {1: 22.0, 2: 18.0, 3: 14.0}.get(level, 10.0)
    return ParagraphStyle(
        f"heading {level}",
        BODY,
        fontName=BOLD,
        fontSize=size,
        leading=size * 1.28,
        spaceBefore=above,
        spaceAfter=5 if level > 1 else 9,
        textColor=INK if level < 6 else MUTED,
    )


class Sheet(BaseDocTemplate):
    """A document of one column, with its title and "page / pages" at the foot."""

    def __init__(
        self, file: IO[bytes], *, title: str, author: str, page_size: PageSize = "a4", side: float = 25 * mm
    ) -> None:
        # `invariant`: the same words make the same bytes, whenever it is made.
        super().__init__(file, title=title, author=author, creator="Trajectory", invariant=1)
        width, height = _SIZES[page_size]
        self.text_width = width - 2 * side
        self.text_height = height - _HEAD - _FOOT
        self._side = side
        frame = Frame(side, _FOOT, self.text_width, self.text_height, 0, 0, 0, 0)
        self.addPageTemplates(PageTemplate("page", [frame], onPage=self._draw_foot, pagesize=(width, height)))
        self._foot = shortened(title, TEXT, _FOOT_SIZE, self.text_width - 80)

    def set(self, story: Sequence[Any], report: Callable[[int, int], None]) -> int:
        """Write the document; `report` is told how much of the story is set. How many pages it came to."""
        total = len(story)

        def on_progress(kind: str, value: int) -> None:
            if kind == "PROGRESS":
                report(min(value, total), total)

        self.setProgressCallBack(on_progress)
        self.build(list(story), canvasmaker=_CountingCanvas)
        return int(self.canv.getPageNumber()) - 1

    def _draw_foot(self, canvas: Any, _: object) -> None:
        canvas.saveState()
        canvas.setFillColor(FAINT)
        slash, line = self._side + self.text_width - 18, _FOOT / 2
        draw_text(canvas, (self._side, line), self._foot, TEXT, _FOOT_SIZE)
        # The slash has a fixed place; the total after it is drawn once it is known.
        canvas.setFont(TEXT, _FOOT_SIZE)
        canvas.drawRightString(slash, line, f"{canvas.getPageNumber()} /")
        canvas.translate(slash + 2.5, line)
        canvas.doForm(_TOTAL_PAGES)
        canvas.restoreState()


class _CountingCanvas(Canvas):
    """Says at the end how many pages there are, in the place that each page left for it."""

    def save(self) -> None:
        pages = self.getPageNumber() - 1
        self.beginForm(_TOTAL_PAGES, 0, -4, 60, 12)
        self.setFillColor(FAINT)
        self.setFont(TEXT, _FOOT_SIZE)
        self.drawString(0, 0, str(pages))
        self.endForm()
        super().save()


def draw_text(canvas: Any, at: tuple[float, float], text: str, font: str, size: float) -> None:
    """One line of text from `at` on; characters that the font lacks come from one that has them."""
    family = CODE if font.startswith(CODE) else TEXT
    x, y = at
    for name, piece in runs(text, family):
        canvas.setFont(font if name == family else name, size)
        canvas.drawString(x, y, piece)
        x += canvas.stringWidth(piece, font if name == family else name, size)


def shortened(text: str, font: str, size: float, width: float) -> str:
    """The text, cut with an ellipsis where it would be wider."""
    text = " ".join(text[:500].split())
    if width_of(text, font, size) <= width:
        return text
    while text and width_of(f"{text}…", font, size) > width:
        text = text[:-1]
    return f"{text.rstrip()}…"
