"""Reading plain text: words, tags, sentences, a title."""

import re

_WORD = re.compile(r"\w+(?:['’]\w+)*")
_TAG = re.compile(r"(?<![\w#/&])#([^\W\d_][\w-]{0,39})")
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
_HEADING = re.compile(r"\A\s*#\s+(.+?)\s*#*\s*(?:\n|\Z)")
_MARKS = re.compile(r"^\s*(?:#{1,6}\s+|>\s?|[-*+]\s+(?:\[[ xX]\]\s+)?|\d+\.\s+)", re.MULTILINE)
_STOPS = ".,;:!?…"
_EMPHASIS = re.compile(r"[*`]+")
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"”’)]*\s+|\n\s*\n|\n(?=\s*(?:[-*+>#]|\d+\.)\s)")


def words(text: str) -> list[str]:
    """The words of a text, in order."""
    return _WORD.findall(text)


def tags(text: str) -> list[str]:
    """The `#tags` of a text in lower case, each once, in order; those in code do not count."""
    return list(dict.fromkeys(tag.lower() for tag in _TAG.findall(_CODE.sub(" ", text))))


def sentence_lengths(text: str) -> list[int]:
    """How many words each sentence has; headings and list items are sentences too."""
    plain = _CODE.sub(" ", text)
    lengths = (len(words(part)) for part in _SENTENCE_END.split(plain) if part)
    return [length for length in lengths if length]


def plain(text: str) -> str:
    """The text on one line, without its marks; lines that end without a stop get a dot between."""
    lines = (_EMPHASIS.sub("", line).strip() for line in _MARKS.sub("", text).splitlines())
    joined = ""
    for line in filter(None, lines):
        joined += f"{' ' if not joined or joined[-1] in _STOPS else ' · '}{line}"
    return joined.strip()


def titled(text: str, otherwise: str) -> tuple[str, str]:
    """Title and body of a file: a leading `# heading` is the title, else `otherwise` is."""
    heading = _HEADING.match(text)
    if heading is None:
        return otherwise, text.strip()
    return heading.group(1), text[heading.end() :].strip()
