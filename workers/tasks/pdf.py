"""pdf_generation: Markdown becomes a well-set PDF."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field
from reportlab.platypus import Paragraph

from trajectory.tasks import task
from workers.tasks.file_names import FileName, with_ending
from workers.tasks.typeset.blocks import document, headings, parse, title_block
from workers.tasks.typeset.fonts import without_glyph
from workers.tasks.typeset.sheet import NOTE, PageSize, Sheet

if TYPE_CHECKING:
    from trajectory.run import Run

MAX_CHARACTERS = 500_000
_IMAGES_LOGGED = 20


class Params(BaseModel):
    model_config = ConfigDict(extra="forbid")

    markdown: str = Field(
        max_length=MAX_CHARACTERS,
        description="The text: CommonMark with tables and strikethrough; images are not fetched",
        json_schema_extra={"format": "multiline"},
    )
    title: str = Field("", max_length=300, description="Set above the text and kept in the file's properties")
    author: str = Field("", max_length=200, description="Kept in the file's properties, and set below a title")
    page_size: PageSize = Field("a4", description="Size of the sheets")
    file_name: FileName = Field("", description="Name of the file; without it, document.pdf")


@task("pdf_generation", timeout=900)
def pdf_generation(params: Params, run: Run) -> dict[str, object]:
    """Set a Markdown text as a PDF with outline, links, tables and page numbers."""
    name = with_ending(params.file_name, "pdf", default="document")
    run.progress(0, message="reading")
    images = _Images(run)
    tokens = parse(params.markdown)
    title = params.title or next(filter(None, headings(tokens)), "Document")
    with run.open_artifact(name, "application/pdf") as file:
        sheet = Sheet(file, title=title, author=params.author, page_size=params.page_size)
        story = title_block(params.title, params.author) if params.title else []
        story += document(tokens, width=sheet.text_width, height=sheet.text_height, on_image=images.met)
        pages = sheet.set(
            story or [Paragraph("This document is empty.", NOTE)],
            lambda done, total: run.progress(done, total, "setting pages"),
        )
        size_bytes = file.tell()
    _tell_of_missing(params.markdown + params.title, run)
    run.log(f"{pages} pages, {size_bytes} bytes in {name}")
    return {"pages": pages, "size_bytes": size_bytes, "images_left_out": images.count, "artifact": name}


class _Images:
    """Counts the images that were left out; the first of them are named in the log."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self.count = 0

    def met(self, source: str, alternative: str) -> None:
        self.count += 1
        if self.count <= _IMAGES_LOGGED:
            self._run.log(f"image left out: {source[:200]!r} ({alternative[:100]!r})", "warning")


def _tell_of_missing(text: str, run: Run) -> None:
    missing = sorted(without_glyph(text))
    if missing:
        some = ", ".join(f"U+{ord(c):04X}" for c in missing[:20])
        run.log(f"{len(missing)} characters are in no font and shown as replacement: {some}", "warning")
