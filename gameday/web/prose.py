"""What people write is Markdown, of the kind that has no HTML."""

from __future__ import annotations

from markdown_it import MarkdownIt

MARKDOWN = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable(["table"])
_CODE = ("fence", "code_block")


def plain(text: str) -> str:
    """The words in one line, without the marks: `**p99** is _late_` becomes `p99 is late`."""
    words = []
    for block in MARKDOWN.parse(text):
        for part in [block] if block.type in _CODE else block.children or ():
            words.append(" " if part.type.endswith("break") else part.content)
        words.append(" " if block.type.endswith("_close") else "")
    return " ".join("".join(words).split())
