"""Docstrings in Google style, taken apart."""

from __future__ import annotations

from pytron.typegen.docstrings import parse

TEXT = """Save a note.

    It is there at once.

    Args:
        note (Note): the note,
            whole.
        *tags: words: any.

    Example:
        save(note)

    Returns:
        The note
        as kept.

    Raises:
        NoteMissing: it is gone.
        errors.Refused: no.

    After all sections.
    """


def test_sections_are_told_apart() -> None:
    doc = parse(TEXT)
    assert doc.args == {"note": "the note, whole.", "tags": "words: any."}
    assert doc.returns == "The note as kept."
    assert doc.raises == [("NoteMissing", "it is gone."), ("errors.Refused", "no.")]


def test_text_keeps_what_is_no_section_of_ours() -> None:
    assert parse(TEXT).text == (
        "Save a note.\n\nIt is there at once.\n\nExample:\n    save(note)\n\nAfter all sections."
    )


def test_attributes_of_a_class() -> None:
    doc = parse("A note.\n\nAttributes:\n    title: its name.\n")
    assert doc.attributes == {"title": "its name."}


def test_nothing_is_nothing() -> None:
    assert parse(None) == parse("") == parse("   ")


def test_text_that_only_looks_like_a_section() -> None:
    assert parse("Args: none at all.").text == "Args: none at all."
