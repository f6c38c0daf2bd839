"""The part of YAML that a plan may be written in: one document, plain data, small.

No tags, anchors or aliases (a few lines of them unfold into gigabytes), no second document, no depth
past twenty. Everything wrong is collected, so that an author sees it at once.
"""

from __future__ import annotations

from typing import Any

from yaml import AliasEvent, CollectionStartEvent, DocumentStartEvent, NodeEvent, ScalarEvent
from yaml.composer import Composer
from yaml.nodes import Node, ScalarNode
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.resolver import BaseResolver
from yaml.scanner import Scanner

MAX_DEPTH = 20
PLAIN = "!plain"
QUOTED = "!quoted"


class TooDeep(Exception):
    """Reading stops here: only to find the end of this nesting would take minutes."""


class PlanComposer(Reader, Scanner, Parser, Composer, BaseResolver):
    """Composes one document's nodes; `wrong` collects (mark, sentence)."""

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)
        Composer.__init__(self)
        BaseResolver.__init__(self)
        self.wrong: list[tuple[Any, str]] = []
        self._depth = 0

    def compose_document(self) -> Node | None:
        start: DocumentStartEvent = self._next()
        if start.tags:
            self._refuse(start, "A plan has no tag directives; leave this line out.")
        root: Node | None = super().compose_document()
        if self.check_event(DocumentStartEvent):
            self._refuse(self._next(), "A second document begins here; a plan is one document.")
        return root

    def compose_node(self, parent: Node | None, index: Any) -> Node | None:
        event: Any = self._next()
        if isinstance(event, AliasEvent):
            self._refuse(event, "Aliases are not allowed in a plan; write the value out.")
            self.get_event()  # type: ignore[no-untyped-call]
            return _nothing(event)
        if isinstance(event, NodeEvent) and event.anchor is not None:
            self._refuse(event, "Anchors are not allowed in a plan; write the value where it is needed.")
            event.anchor = None
        if isinstance(event, ScalarEvent | CollectionStartEvent) and event.tag is not None:
            self._refuse(event, f"Tags are not allowed in a plan; leave {event.tag} out.")
            event.tag = None
        if self._depth >= MAX_DEPTH:
            self._refuse(event, f"A plan is not nested deeper than {MAX_DEPTH} levels.")
            raise TooDeep
        self._depth += 1
        try:
            node: Node | None = super().compose_node(parent, index)
            return node
        finally:
            self._depth -= 1

    def resolve(self, kind: type[Node], value: str, implicit: tuple[bool, bool]) -> str:
        """Whether a scalar was written plain; what it means is the reader's business."""
        return PLAIN if kind is ScalarNode and implicit[0] else QUOTED

    def _next(self) -> Any:
        return self.peek_event()  # type: ignore[no-untyped-call]

    def _refuse(self, event: Any, sentence: str) -> None:
        self.wrong.append((event.start_mark, sentence))


def _nothing(event: Any) -> ScalarNode:
    """What stands in for a node that was refused."""
    return ScalarNode(QUOTED, "", event.start_mark, event.end_mark)
