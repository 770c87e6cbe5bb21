"""Markdown as a story: CommonMark with tables and strikethrough becomes flowables of reportlab."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from markdown_it import MarkdownIt
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import CondPageBreak, Paragraph, Spacer

from workers.tasks.typeset.flowables import CodeBlock, Heading, Place, Placed, rule
from workers.tasks.typeset.fonts import BOLD, markup, width_of
from workers.tasks.typeset.grid import Align, Column, table
from workers.tasks.typeset.inline import Setting, paragraphs, plain
from workers.tasks.typeset.sheet import BODY, MUTED, NOTE, heading_style

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from markdown_it.token import Token
    from reportlab.platypus import Flowable

_INDENT, _QUOTE_INDENT = 18.0, 14.0
_DEEPEST = 0.45
"""Share of the width that indents may take; what is nested deeper stays there."""
_DEEPEST_NESTING = 60
"""What is nested deeper is lost: the parser calls itself for each level, and Python has an end to that."""
_TALLEST_ROW = 0.55
_TABLE_ROWS = 300
"""A longer table is set as several: reportlab copies the rest of a table at each page."""
_BULLETS = ("\N{BULLET}", "\N{EN DASH}", "\N{MIDDLE DOT}")

_TIGHT = ParagraphStyle("tight", BODY, spaceAfter=2.5)
_QUOTED = ParagraphStyle("quoted", BODY, textColor=MUTED)


def parse(text: str) -> list[Token]:
    """The tokens of a Markdown text. HTML in it is text like any other."""
    reader = MarkdownIt("commonmark", {"html": False, "maxNesting": _DEEPEST_NESTING}).enable(
        ["table", "strikethrough"]
    )
    return reader.parse(text)


def document(
    tokens: Sequence[Token], *, width: float, height: float, on_image: Callable[[str, str], None]
) -> list[Flowable]:
    """Lay the tokens out for a column of this size."""
    anchors = dict(_slugs(list(headings(tokens))))
    story = _Story(width, height, Setting(anchors, on_image))
    story.tell(tokens)
    return story.pieces


def headings(tokens: Sequence[Token]) -> Iterator[str]:
    """The words of each heading."""
    for token, following in pairwise(tokens):
        if token.type == "heading_open":
            yield plain(following.children).strip()


def _slugs(titles: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The names by which links in the text call its headings, as the sites for source code make them."""
    seen: Counter[str] = Counter()
    for number, words in enumerate(titles):
        slug = re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-")
        yield (f"{slug}-{seen[slug]}" if seen[slug] else slug), f"heading-{number}"
        seen[slug] += 1


class _List:
    def __init__(self, *, ordered: bool, start: int, items: int, depth: int) -> None:
        self._number = start if ordered else None
        self._bullet = _BULLETS[min(depth, len(_BULLETS) - 1)]
        last = f"{start + items}."
        self.indent = max(_INDENT, width_of(last, BOLD, 10) + 8) if ordered else _INDENT

    def next_marker(self) -> str:
        if self._number is None:
            return self._bullet
        self._number += 1
        return f"{self._number - 1}."


class _Story:
    def __init__(self, width: float, height: float, setting: Setting) -> None:
        self.pieces: list[Flowable] = []
        self._width = width
        self._height = height
        self._setting = setting
        self._places = [Place()]
        self._lists: list[_List] = []
        self._marker = ""
        self._heading_number = 0
        self._outline_level = -1

    def tell(self, tokens: Sequence[Token]) -> None:
        index = 0
        while index < len(tokens):
            token = tokens[index]
            if token.type == "table_open":
                end = _closing(tokens, index)
                self._table(tokens[index:end])
                index = end
            elif token.type == "heading_open":
                self._heading(int(token.tag[1]), tokens[index + 1].children or [])
                index += 2
            else:
                self._block(tokens, index)
            index += 1

    def _block(self, tokens: Sequence[Token], index: int) -> None:
        token = tokens[index]
        match token.type:
            case "inline":
                self._paragraph(token.children or [], tight=tokens[index - 1].hidden)
            case "fence" | "code_block":
                self._add(CodeBlock(token.content.removesuffix("\n").split("\n")), baseline=15.5)
            case "hr":
                self._add(rule())
            case "blockquote_open":
                self._enter(_QUOTE_INDENT, bars=(*self._place.bars, self._place.left + 2))
            case "blockquote_close":
                self._places.pop()
                if self.pieces and isinstance(self.pieces[-1], Placed) and not self._place.bars:
                    self.pieces[-1].end_bars()
            case _ if "list" in token.type:
                self._list(tokens, index)

    def _list(self, tokens: Sequence[Token], index: int) -> None:
        token = tokens[index]
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                start = int(token.attrs["start"]) if "start" in token.attrs else 1
                within = tokens[index : _closing(tokens, index)]
                items = sum(1 for t in within if t.type == "list_item_open" and t.level == token.level + 1)
                ordered = token.type == "ordered_list_open"
                self._lists.append(_List(ordered=ordered, start=start, items=items, depth=len(self._lists)))
            case "list_item_open":
                self._place_marker()
                self._enter(self._lists[-1].indent)
                self._marker = self._lists[-1].next_marker()
            case "list_item_close":
                self._place_marker()
                self._places.pop()
            case _:
                self._lists.pop()
                if not self._lists:
                    self._add(Spacer(1, 4.5))

    @property
    def _place(self) -> Place:
        return self._places[-1]

    def _enter(self, indent: float, bars: tuple[float, ...] | None = None) -> None:
        left = self._place.left + indent
        if left > _DEEPEST * self._width:
            self._places.append(self._place)
        else:
            self._places.append(Place(left, self._place.bars if bars is None else bars))

    def _place_marker(self) -> None:
        """An item that begins with another list, or holds nothing, still shows its marker."""
        if self._marker:
            self._add(Spacer(1, BODY.leading))

    def _add(self, piece: Flowable, *, baseline: float = 11.0) -> None:
        if self._place == Place():
            self.pieces.append(piece)
            return
        self.pieces.append(Placed(piece, self._place._replace(marker=self._marker), baseline=baseline))
        self._marker = ""

    @property
    def _room(self) -> float:
        return self._width - self._place.left

    def _paragraph(self, words: Sequence[Token], *, tight: bool) -> None:
        style = _TIGHT if tight else _QUOTED if self._place.bars else BODY
        for words_set in paragraphs(words, self._setting):
            self._add(Paragraph(words_set, style))

    def _heading(self, level: int, words: Sequence[Token]) -> None:
        title = plain(words).strip()
        # The outline may go down by one level at a time; a text may leave some out.
        self._outline_level = min(level - 1, self._outline_level + 1)
        key = f"heading-{self._heading_number}"
        self._heading_number += 1
        style = heading_style(level)
        self.pieces.append(CondPageBreak(style.leading + style.spaceBefore + 2.5 * BODY.leading))
        for index, text in enumerate(paragraphs(words, self._setting) or [""]):
            entry = (key, title, self._outline_level) if index == 0 else None
            self._add(Heading(text, style, entry), baseline=style.fontSize)

    def _table(self, tokens: Sequence[Token]) -> None:
        rows = list(_rows(tokens))
        heads, body = rows[0], rows[1:]
        for at in range(0, max(len(body), 1), _TABLE_ROWS):
            part = body[at : at + _TABLE_ROWS]
            columns = [self._column(head, [row[i] for row in part]) for i, head in enumerate(heads)]
            made = table(columns, self._room, tallest=_TALLEST_ROW * self._height)
            if made is None:
                self._records(columns)
            else:
                self._add(made, baseline=13)

    def _column(self, head: _Cell, cells: Sequence[_Cell]) -> Column:
        return Column(
            self._words(head),
            [self._words(cell) for cell in cells],
            plain(head.words),
            [plain(cell.words) for cell in cells],
            head.align,
        )

    def _words(self, cell: _Cell) -> str:
        return " ".join(paragraphs(cell.words, self._setting))

    def _records(self, columns: Sequence[Column]) -> None:
        """A table that does not fit on the sheet, row after row: each cell on a line with the name of its column."""
        self._add(Paragraph("This table is too large for the page and is shown row by row.", NOTE))
        for row in range(len(columns[0].cells)):
            self._add(rule())
            for column in columns:
                if column.cells[row]:
                    self._add(Paragraph(f"<b>{column.head}</b> {column.cells[row]}", _TIGHT))


class _Cell(NamedTuple):
    words: Sequence[Token]
    align: Align


def _rows(tokens: Sequence[Token]) -> Iterator[list[_Cell]]:
    row: list[_Cell] = []
    align: Align = "left"
    for token in tokens:
        match token.type:
            case "tr_open":
                row = []
            case "th_open" | "td_open":
                style = str(token.attrs.get("style", ""))
                align = "right" if "right" in style else "center" if "center" in style else "left"
            case "inline":
                row.append(_Cell(token.children or [], align))
            case "tr_close":
                yield row


def _closing(tokens: Sequence[Token], opening: int) -> int:
    """Where the block that opens at `opening` is closed."""
    level, closing = tokens[opening].level, tokens[opening].type.replace("_open", "_close")
    return next(
        index
        for index in range(opening + 1, len(tokens))
        if tokens[index].level == level and tokens[index].type == closing
    )


def title_block(title: str, author: str) -> list[Flowable]:
    """What stands at the top of the first page when a title was given."""
    style = ParagraphStyle("title", heading_style(1), fontSize=24, leading=30, spaceAfter=4)
    block: list[Flowable] = [Paragraph(markup(title), style)]
    if author:
        block.append(Paragraph(markup(author), ParagraphStyle("author", BODY, textColor=MUTED, fontSize=11)))
    return [*block, Spacer(1, 14)]
