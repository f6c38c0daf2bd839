"""A plan's text -> plain data that knows the line and column of each of its parts."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import Any, cast

from yaml.error import Mark, MarkedYAMLError
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from yaml.reader import ReaderError

from gameday.plans.problems import Path, PlanRefused, Problem, dotted
from gameday.plans.yaml_nodes import PLAIN, PlanComposer, TooDeep

MAX_BYTES = 256 * 1024
_WORDS: dict[str, bool | None] = {"": None, "~": None, "null": None, "true": True, "false": False}
_INTEGER = re.compile(r"-?(0|[1-9]\d{0,15})", re.ASCII)
# A double written out in full has 17 digits, after up to four zeros.
NUMBER = re.compile(r"-?(0|[1-9]\d{0,15})(\.\d{1,21})?([eE][-+]?\d{1,3})?", re.ASCII)
# Controls, line breaks of other kinds, and halves of characters: nobody sees them, and not all can be kept.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff]")
_BIGGEST = 2**53 - 1  # RFC 8785 has no exact form past it


@dataclass(slots=True)
class Source:
    """A plan file as read. Lines and columns count from one."""

    name: str
    document: Any = None
    values: dict[Path, Mark] = field(default_factory=dict)
    keys: dict[Path, Mark] = field(default_factory=dict)

    def line(self, problem: Problem) -> str:
        """`plan.yaml:12:7: scenarios[0].key: sentence`. What is missing is shown where it would belong."""
        path, mark = problem.path, self.keys.get(problem.path) if problem.at_key else None
        while mark is None and path not in self.values and path:
            path = path[:-1]
        mark = mark or self.values.get(path)
        where = f"{dotted(problem.path)}: " if problem.path else ""
        place = f":{mark.line + 1}:{mark.column + 1}" if mark else ""
        return f"{self.name}{place}: {where}{problem.sentence}"

    def refusal(self, problems: list[Problem]) -> PlanRefused:
        def place(problem: Problem) -> tuple[int, int]:
            path = problem.path
            while path not in self.values and path:
                path = path[:-1]
            mark = self.values.get(path)
            return (mark.line, mark.column) if mark else (0, 0)

        ordered = sorted(problems, key=place)
        return PlanRefused([self.line(problem) for problem in ordered], dotted(ordered[0].path))


def too_large(size: int, name: str) -> PlanRefused:
    """`size` in bytes."""
    told = f"{size / 1024 / 1024:.1f} MiB" if size >= 1024 * 1024 else f"{size // 1024} KiB"
    return PlanRefused([f"{name}: The file has {told}; a plan has at most {MAX_BYTES // 1024} KiB."])


def read(data: bytes, name: str = "plan.yaml") -> Source:
    """Raises PlanRefused with everything that is wrong with the YAML itself."""
    if len(data) > MAX_BYTES:
        raise too_large(len(data), name)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PlanRefused([f"{name}: The file is not UTF-8 (byte {error.start})."]) from error
    source = Source(name)
    root, wrong = _composed(text, name)
    if root is not None:
        source.document = _Builder(source, wrong).build(root, ())
    if wrong:
        raise PlanRefused(
            f"{name}:{mark.line + 1}:{mark.column + 1}: {sentence}"
            for mark, sentence in sorted(wrong, key=lambda item: item[0].index)
        )
    if root is None:
        raise PlanRefused([f"{name}: The file is empty; it should hold a plan."])
    return source


def _composed(text: str, name: str) -> tuple[Node | None, list[tuple[Mark, str]]]:
    """The document's nodes, and what a plan may not hold. Raises PlanRefused for what is not YAML."""
    try:
        composer = PlanComposer(text)
        root = composer.get_node() if composer.check_node() else None
        return root, composer.wrong
    except TooDeep:
        return None, composer.wrong
    except ReaderError as error:
        raise PlanRefused([f"{name}: The file has a character that YAML does not allow."]) from error
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f":{mark.line + 1}:{mark.column + 1}" if mark else ""
        what = " ".join(filter(None, (error.context, error.problem)))
        raise PlanRefused([f"{name}{place}: This is not YAML: {what}."]) from error


class _Builder:
    def __init__(self, source: Source, wrong: list[tuple[Mark, str]]) -> None:
        self.source, self.wrong = source, wrong

    def build(self, node: Node, path: Path) -> Any:
        self.source.values[path] = node.start_mark
        if isinstance(node, MappingNode):
            return self._mapping(node, path)
        if isinstance(node, SequenceNode):
            return [self.build(item, (*path, index)) for index, item in enumerate(node.value)]
        return self._scalar(cast(ScalarNode, node))

    def _mapping(self, node: MappingNode, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, ScalarNode):
                self.wrong.append((key_node.start_mark, "A key is a word, not a list or a mapping."))
                continue
            key = str(self._checked(key_node))
            if key in found:
                first = self.source.keys[(*path, key)].line + 1
                self.wrong.append((key_node.start_mark, f"{key} stands here again; it is in line {first}."))
                continue
            self.source.keys[(*path, key)] = key_node.start_mark
            found[key] = self.build(value_node, (*path, key))
        return found

    def _scalar(self, node: ScalarNode) -> Any:
        text = self._checked(node)
        if node.tag != PLAIN:
            return text
        if text in _WORDS:
            return _WORDS[text]
        if _INTEGER.fullmatch(text) and abs(int(text)) <= _BIGGEST:
            return int(text)
        if NUMBER.fullmatch(text) and math.isfinite(float(text)):
            return float(text)
        return text

    def _checked(self, node: ScalarNode) -> str:
        text = str(node.value)
        if bad := _UNPRINTABLE.search(text):
            self.wrong.append((node.start_mark, f"This text holds the character {bad[0]!a}; leave it out."))
        return text
