"""Fonts, and text as markup that always has a glyph to show.

Noto Sans for text, Cascadia Mono for code; a character that these lack comes from FiraGO or from one of the fonts for
Chinese, Japanese and Korean that every reader of PDF brings along. What none has is shown as a replacement character.
Right-to-left scripts keep their characters but not their direction.
"""

from __future__ import annotations

import importlib
import io
import threading
import unicodedata
from functools import cache
from itertools import groupby
from typing import Any
from xml.sax.saxutils import escape

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont

TEXT = "Noto"
BOLD = "Noto-Bold"
CODE = "Cascadia"
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

_FACES = {"": "Regular", "-Bold": "Bold", "-Italic": "Italic", "-BoldItalic": "BoldItalic"}
_FAMILIES = {TEXT: "NotoSans", CODE: "CascadiaMono", "Fira": "FiraGO"}
_CJK = {"Han": "STSong-Light", "Kana": "HeiseiKakuGo-W5", "Hangul": "HYGothic-Medium"}
_SILENT = {"Cf", "Mn", "Me", "Cc", "Cs"}
"""Categories whose characters, when no font has them, are left out: they only shape or order others."""

_BLANKS = str.maketrans("\t\n\r", "   ")

# A signal may end a task anywhere, so never while a family is half registered: then nothing is remembered.
_lock = threading.Lock()
_loaded: set[str] = set()


def load_fonts() -> None:
    """Register the two families of every document. The others are loaded when a character asks for them."""
    for family in (TEXT, CODE):
        _load(family)


def _load(family: str) -> None:
    with _lock:
        if family in _loaded:
            return
        for suffix, face in _FACES.items():
            module = importlib.import_module(f"pymupdf_fonts.{_FAMILIES[family]}_{face}")
            pdfmetrics.registerFont(TTFont(f"{family}{suffix}", io.BytesIO(module.fontbuffer)))
        names = [f"{family}{suffix}" for suffix in _FACES]
        pdfmetrics.registerFontFamily(family, *names)
        _loaded.add(family)


def _load_cjk(name: str) -> None:
    with _lock:
        if name not in _loaded:
            pdfmetrics.registerFont(UnicodeCIDFont(name))
            pdfmetrics.registerFontFamily(name, name, name, name, name)
            _loaded.add(name)


@cache
def _characters(family: str) -> Any:
    _load(family)
    return pdfmetrics.getFont(family).face.charToGlyph


@cache
def font_for(character: str, family: str = TEXT) -> str | None:
    """The family that shows the character, `family` if it can; None when there is none."""
    for candidate in dict.fromkeys((family, TEXT, "Fira", CODE)):
        if ord(character) in _characters(candidate):
            return candidate
    script = _script(ord(character))
    if script is None:
        return None
    _load_cjk(_CJK[script])
    return _CJK[script]


def _script(code: int) -> str | None:
    if 0x3040 <= code <= 0x30FF:
        return "Kana"
    if 0xAC00 <= code <= 0xD7A3:
        return "Hangul"
    if 0x4E00 <= code <= 0x9FFF or 0x3000 <= code <= 0x303F or 0xFF00 <= code <= 0xFFEF:
        return "Han"
    return None


def runs(text: str, family: str = TEXT) -> list[tuple[str, str]]:
    """The text as pieces, each with the family that can show it."""
    shown: list[tuple[str, str]] = []
    for character in text.translate(_BLANKS):
        font = font_for(character, family)
        if font is not None:
            shown.append((font, character))
        elif unicodedata.category(character) not in _SILENT:
            shown.append((font_for(REPLACEMENT, family) or TEXT, REPLACEMENT))
    return [(font, "".join(c for _, c in group)) for font, group in groupby(shown, key=lambda pair: pair[0])]


def markup(text: str, family: str = TEXT) -> str:
    """The text as markup for a paragraph set in `family`: nothing in it is taken for a tag."""
    if text.isascii() and text.isprintable():
        return escape(text)
    pieces = runs(text, family)
    return "".join(
        escape(piece) if font == family else f'<font name="{font}">{escape(piece)}</font>' for font, piece in pieces
    )


def without_glyph(text: str) -> set[str]:
    """The characters that no font has."""
    return {c for c in set(text) if font_for(c) is None and unicodedata.category(c) not in _SILENT}


def width_of(text: str, font: str, size: float, family: str = TEXT) -> float:
    """How wide the text is, in points; characters of other families are measured in theirs."""
    if text.isascii():
        return float(pdfmetrics.stringWidth(text, font, size))
    pieces = runs(text, family)
    return float(sum(pdfmetrics.stringWidth(piece, font if name == family else name, size) for name, piece in pieces))
