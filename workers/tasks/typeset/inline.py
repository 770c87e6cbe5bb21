"""Words of Markdown as reportlab's markup. Whatever the words are, the tags come out balanced and known."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit
from xml.sax.saxutils import quoteattr

from workers.tasks.typeset.fonts import CODE, markup
from workers.tasks.typeset.sheet import LINK, MUTED, WASH, css

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from markdown_it.token import Token

_LINKED = {"http", "https", "mailto", "tel"}
_LONGEST_LINK = 2000
_ENOUGH = 20_000
"""Characters in one paragraph: what is left of it is broken into lines again on each page that it goes on."""

_CODE_OPEN = f'<font name="{CODE}" size="-1" backColor="{css(WASH)}">'

_SPANS = {"strong_open": ("<b>", "</b>"), "em_open": ("<i>", "</i>"), "s_open": ("<strike>", "</strike>")}
_BREAKS = {"softbreak": " ", "hardbreak": "<br/>"}


class Setting(NamedTuple):
    """What the words of one document share: where its headings are, and whom to tell of an image."""

    anchors: Mapping[str, str]
    on_image: Callable[[str, str], None]


def paragraphs(tokens: Sequence[Token], setting: Setting) -> list[str]:
    """The words as the markup of one paragraph, or of several where one would be too long to set."""
    words = _Words(setting)
    for token in tokens:
        words.take(token)
    return words.finished()


def plain(tokens: Sequence[Token] | None) -> str:
    """The words alone."""
    parts = []
    for token in tokens or ():
        if token.type in ("text", "code_inline", "html_inline"):
            parts.append(token.content)
        elif token.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif token.type == "image":
            parts.append(plain(token.children))
    return "".join(parts)


class _Words:
    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._done: list[str] = []
        self._parts: list[str] = []
        self._length = 0
        self._open: list[tuple[str, str]] = []

    def take(self, token: Token) -> None:
        if token.type in _SPANS:
            self._begin(*_SPANS[token.type])
        elif token.type in _BREAKS:
            self._add(_BREAKS[token.type], 1)
        elif token.type == "link_open":
            self._begin(*self._link(str(token.attrs.get("href", ""))))
        elif token.type == "image":
            self._image(str(token.attrs.get("src", "")), plain(token.children))
        elif token.type == "code_inline":
            for piece in _pieces(token.content):
                self._add(f"{_CODE_OPEN}{markup(piece, CODE)}</font>", len(piece))
        elif token.type.endswith("_close"):
            self._end()
        else:
            for piece in _pieces(token.content):
                self._add(markup(piece), len(piece))

    def _image(self, source: str, alternative: str) -> None:
        self._setting.on_image(source, alternative)
        words = f"[image: {alternative}]" if alternative else "[image]"
        self._add(f'<font color="{css(MUTED)}"><i>{markup(words)}</i></font>', len(words))

    def finished(self) -> list[str]:
        self._break()
        return [text for text in self._done if text.strip()]

    def _add(self, text: str, length: int) -> None:
        if self._length + length > _ENOUGH and self._length:
            self._break()
        self._parts.append(text)
        self._length += length

    def _begin(self, start: str, end: str) -> None:
        self._open.append((start, end))
        self._parts.append(start)

    def _end(self) -> None:
        _, end = self._open.pop()
        self._parts.append(end)

    def _break(self) -> None:
        """End the paragraph here; what is open is closed, and opened again in the next."""
        if self._length:
            self._done.append("".join([*self._parts, *(end for _, end in reversed(self._open))]))
        self._parts = [start for start, _ in self._open]
        self._length = 0

    def _link(self, href: str) -> tuple[str, str]:
        """A link out, or to a heading. Others have nothing to lead to in a PDF, and stay words."""
        anchor = self._setting.anchors.get(href.removeprefix("#").lower()) if href.startswith("#") else None
        target = f"#{anchor}" if anchor else href
        if not anchor and not _leads_out(href):
            return "", ""
        return f'<a href={quoteattr(target)} color="{css(LINK)}">', "</a>"


def _leads_out(href: str) -> bool:
    if len(href) > _LONGEST_LINK or not href.isascii() or not href.isprintable():
        return False
    try:
        return urlsplit(href).scheme.lower() in _LINKED
    except ValueError:
        return False


def _pieces(content: str) -> list[str]:
    """The text in pieces no longer than a paragraph may be."""
    return [content[at : at + _ENOUGH] for at in range(0, len(content), _ENOUGH)]
