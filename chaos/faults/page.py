"""The page of a fault, for those who approve it: written out of the catalogue, never by hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import yaml

from chaos.faults import example
from chaos.faults.accounts import account
from chaos.faults.base import Fault, Parameter
from chaos.faults.rights import EVERY, Family, Right
from chaos.faults.words import RISKS, WORDS

_WRITTEN = "<!-- Written out of chaos/faults by `manage.py faults write-docs`. -->"
_UNPROVABLE = (
    "**It cannot be proven that this fault is gone.** It is off unless the cluster's administrator has "
    "allowed such faults."
)
_EXPLAINED = (
    "What the words and the risk classes mean: [Words on these pages](README.md#words-on-these-pages)."
)


def page(fault: Fault) -> str:
    lines = [f"# {fault.title}", "", _WRITTEN, "", f"`{fault.name}` · {_summary(fault)}", "", _EXPLAINED, ""]
    lines += ["## What happens", "", fault.effect, ""]
    lines += ["## What can go wrong", "", fault.risk, ""]
    lines += ["## How it stops", "", fault.stops, ""]
    lines += ["## How we know that it is gone", ""]
    lines += [fault.proof, ""] if fault.is_provable else [_UNPROVABLE, "", fault.proof, ""]
    lines += ["## Parameters", "", *_parameters(fault.parameters), ""]
    lines += [fault.lasts, ""] if fault.lasts else []
    lines += ["## What it needs", "", *(f"- {_sentence(need)}" for need in fault.needs)]
    lines += [*_rights(fault.family), ""] if fault.family else [""]
    lines += ["## Example", "", *_example(fault)]
    return "\n".join(lines) + "\n"


def index(faults: Iterable[Fault]) -> str:
    lines = [
        "# The faults",
        "",
        _WRITTEN,
        "",
        "What a scenario may do to the platform. Each has a page that says what happens, what can go wrong,",
        "how it stops and how we know that it is gone.",
        "",
        "| fault | what it is | risk | on | gone is |",
        "| --- | --- | --- | --- | --- |",
    ]
    for fault in faults:
        proven = gone(fault) if fault.is_provable else f"**{gone(fault)}**; off by default"
        link = f"[{fault.name}]({fault.name}.md)"
        lines.append(f"| {link} | {fault.title} | {fault.risk_class.value} | {_on(fault)} | {proven} |")
    lines += ["", "## Risk classes", ""]
    lines += [f"- **{risk.value}**: {meaning}" for risk, meaning in RISKS.items()]
    lines += ["", "## Words on these pages", "", "| word | meaning |", "| --- | --- |"]
    lines += [f"| {word} | {meaning} |" for word, meaning in WORDS.items()]
    lines += [
        "",
        "Gameday's own words (run, probe, revert, residue, …) stand in the [glossary](../glossary.md).",
    ]
    return "\n".join(lines) + "\n"


def _summary(fault: Fault) -> str:
    said = f"gone is {gone(fault)}" if fault.is_provable else "**cannot be proven gone**"
    return f"risk: {fault.risk_class.value} · done to {_on(fault)} · {said}"


def gone(fault: Fault) -> str:
    """What its being gone is, in a few words."""
    if not fault.is_provable:
        return "not proven"
    return "proven" if fault.needs_targets else "a person's word and a probe"


def _on(fault: Fault) -> str:
    if not fault.needs_targets:
        return "what its instructions say"
    return "nodes" if fault.on_nodes else "pods"


def _parameters(parameters: tuple[Parameter, ...]) -> Iterator[str]:
    if not parameters:
        yield "It has none."
        return
    yield "| parameter | what | allowed | when left out |"
    yield "| --- | --- | --- | --- |"
    for item in parameters:
        left_out = "it must be given" if item.default is None else f"`{item.default}`" if item.default else ""
        yield f"| `{item.name}` | {item.what} | {item.kind} | {left_out} |"


def _rights(family: Family) -> Iterator[str]:
    for who, rights in accounts(family):
        yield f"- {who}:"
        yield from (f"    - {right}" for right in rights)


def accounts(family: Family) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Which accounts a fault of this family takes, and what each may do where, in words."""
    yield (
        f"A service account that {family.what} (`{account(family)}` in deploy/litmus), which may",
        _where(
            ("in the chaos namespace", (*EVERY, *family.chaos)),
            ("in the target's namespace", family.target),
            ("in the whole cluster", family.cluster),
        ),
    )
    yield (
        "Gameday's own account, so that it can see the fault gone, and undo it where Litmus did not, may",
        _where(
            ("in the target's namespace", family.ours_target),
            ("in the whole cluster", family.ours_cluster),
        ),
    )


def _where(*found: tuple[str, tuple[Right, ...]]) -> tuple[str, ...]:
    return tuple(f"{where}: {_listed(rights)}." for where, rights in found if rights)


def _listed(rights: Iterable[Right]) -> str:
    return "; ".join(map(str, rights))


def _example(fault: Fault) -> Iterator[str]:
    yield "```yaml"
    yield example_text(fault)
    yield "```"
    if any(item.name == "proven_by" for item in fault.parameters):
        yield ""
        yield "`p99` is a probe of the scenario, with an expectation that says where it is back."


def example_text(fault: Fault) -> str:
    """The fault as a scenario has it, in YAML."""
    return yaml.safe_dump({"faults": [example.item(fault)]}, sort_keys=False, width=100).rstrip()


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:] + ("" if text.endswith(".") else ".")
