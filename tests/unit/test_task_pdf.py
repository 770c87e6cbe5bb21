"""Markdown becomes a PDF whatever it says."""

from __future__ import annotations

import io
from typing import IO
from uuid import uuid4

import pytest
from pypdf import PdfReader

from trajectory.run import Run
from workers.tasks.pdf import Params, pdf_generation


class _Kept:
    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def keep_artifact(self, _run: Run, name: str, _media_type: str, source: IO[bytes]) -> None:
        self.files[name] = source.read()


def made(markdown: str, **more: object) -> tuple[PdfReader, dict[str, object], list[str]]:
    kept = _Kept()
    run = Run(uuid4(), "pdf_generation", 1, kept)
    result = pdf_generation(Params(markdown=markdown, **more), run)
    [content] = kept.files.values()
    return PdfReader(io.BytesIO(content)), result, [line.message for line in run.take_lines()]


def words(reader: PdfReader) -> str:
    return "\n".join(page.extract_text() for page in reader.pages)


def test_headings_become_an_outline_and_the_title_metadata() -> None:
    reader, _, _ = made("###### deep\n\n# One\n\n## Two\n\ntext", title="A <title>", author="R & D")

    assert reader.metadata is not None
    assert (reader.metadata.title, reader.metadata.author) == ("A <title>", "R & D")
    assert [item["/Title"] for item in reader.outline if isinstance(item, dict)] == ["deep", "One"]
    assert "A <title>" in words(reader)


def test_the_same_text_makes_the_same_file() -> None:
    first, second = (_bytes("# A\n\n**b** `c` 漢\n\n|a|b|\n|-|-|\n|1|2|") for _ in range(2))

    assert first == second


def _bytes(markdown: str) -> bytes:
    kept = _Kept()
    pdf_generation(Params(markdown=markdown), Run(uuid4(), "pdf_generation", 1, kept))
    return kept.files["document.pdf"]


def test_markup_of_other_languages_is_text() -> None:
    reader, _, _ = made("<script>x</script> <b>y &amp; <para> ]]> </para> <font name='no'>")

    assert "<script>x</script> <b>y & <para> ]]> </para> <font name='no'>" in words(reader)


def test_an_image_is_named_and_not_fetched() -> None:
    reader, result, log = made("![a cat](http://169.254.169.254/cat.png)")

    assert "[image: a cat]" in words(reader)
    assert result["images_left_out"] == 1
    assert "169.254.169.254" in log[0]


def test_only_links_that_lead_somewhere_are_links() -> None:
    reader, _, _ = made(
        "# Here\n[a](https://example.com) [b](#here) [c](#nowhere) [d](other.md) [e](ftp://x) [f](javascript:x)"
    )

    assert len(reader.pages[0]["/Annots"]) == 2


def test_a_character_that_no_font_has_is_seen_to_be_missing() -> None:
    reader, _, log = made("before 😀 after")

    assert "\N{REPLACEMENT CHARACTER}" in words(reader)
    assert "U+1F600" in log[0]


def test_the_head_of_a_table_is_repeated_on_each_page() -> None:
    reader, _, _ = made("|column name|b|\n|-|-|\n" + "|1|2|\n" * 120)

    assert len(reader.pages) > 1
    assert all("column name" in page.extract_text() for page in reader.pages)


def test_page_numbers_say_how_many_there_are() -> None:
    reader, result, _ = made("text\n\n" * 200)

    assert result["pages"] == len(reader.pages)
    assert f"1 /\n{len(reader.pages)}" in reader.pages[0].extract_text().replace("/ ", "/\n").replace("/\n\n", "/\n")


@pytest.mark.parametrize(
    "markdown",
    [
        "",
        "#",
        ">" * 5000,
        "- " * 5000,
        "> - " * 60 + "x",
        "x" * 50_000,
        "**a** b " * 3000,
        "*" * 5000 + "a" + "*" * 5000,
        "[" * 5000,
        "# h\n" * 500,
        "```\n" + "y" * 20_000,
        "|" + "a|" * 60 + "\n|" + "-|" * 60 + "\n" + ("|" + "cell|" * 60 + "\n") * 3,
        "|a|b|\n|-|-|\n|" + "word " * 3000 + "|x|",
        "".join(map(chr, range(0x10, 0x300))),
        "&#0; &#xFFFF; &#x202E;abc",
        '~~a **b ~~c**~~ [**x** `y`](https://e.com/"q")',
        "- \n- - a\n\n      |a|\n      |-|\n      |1|",
        "> ```\n" + "> c\n" * 300 + "> ```",
        "999999999. x\n\n    ![](a)",
    ],
)
def test_hostile_text_still_makes_a_readable_file(markdown: str) -> None:
    reader, result, _ = made(markdown)

    assert len(reader.pages) == result["pages"] >= 1
