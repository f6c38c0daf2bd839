"""Who plays a plan: the script beside it, the sample's script for the sample's plan, else a plain cast."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from . import script
from .paths import ROOT
from .say import step
from .script import Act, Person, Script, When

SAMPLE = ROOT / "deploy" / "rehearsal" / "sample" / "script.yaml"
PLANNER, APPROVER, ADMINISTRATOR = "planner", "approver", "administrator"


def script_for(plan: Path) -> Script:
    """The script that plays `plan`. Raises Trouble where a script is there and cannot be read."""
    beside = (plan.with_suffix(".script.yaml"), plan.with_name("script.yaml"))
    found = next((path for path in beside if path.is_file()), None)
    if found is None and SAMPLE.is_file() and _key(SAMPLE) == plan_key(plan):
        found = SAMPLE  # an edited copy of the sample
    if found:
        return script.read(found)
    step("no script beside the plan: a plain cast plays it (planner, approver, and the plan's own people)")
    return plain(loaded(plan))


def plan_key(plan: Path) -> str:
    """The plan's id as the file has it; empty where the file is not readable (its import will say why)."""
    return str(loaded(plan).get("plan", ""))


def loaded(path: Path) -> Mapping[str, Any]:
    """A YAML file as plain data; empty where it is none. Checking it is the product's business, not ours."""
    try:
        data = yaml.safe_load(path.read_text())
    except (OSError, UnicodeError, yaml.YAMLError):
        return {}
    return data if isinstance(data, dict) else {}


def _key(path: Path) -> str:
    return str(loaded(path).get("plan", ""))


def plain(plan: Mapping[str, Any]) -> Script:
    """A cast from the plan alone: its people, a planner, an approver; faults by hand are attested in turn."""
    team = str(plan.get("team", "team"))
    roles = _mapping(plan.get("people"))
    told = [one for one in _items(plan.get("must_be_told")) if one.get("acknowledged_by")]
    conductor = next((user for user, has in roles.items() if "facilitator" in (has or ())), "facilitator")
    by_hand = [
        Act(conductor, ("run", "attest", "--plan", "{plan}", "--scenario", "{scenario}", word, "--note",
                        f"Played by the rehearsal: {word}."),
            when=When(kind="run.waiting_for_person", word=word, after_seconds=2))
        for word in ("injected", "reverted")
    ]  # fmt: skip
    acknowledgements = tuple(
        Act(str(one["acknowledged_by"][0]), ("plan", "acknowledge", "{plan}", "--party", str(one["party"])))
        for one in told
    )
    named = {str(user) for user in roles} | {act.who for act in acknowledgements} | {conductor}
    people = [Person(user, user, team, ()) for user in sorted(named)]
    people += [Person(user, user.title(), team, (user,)) for user in (PLANNER, APPROVER, ADMINISTRATOR)]
    return Script(
        people=tuple(people),
        before=(
            Act(PLANNER, ("plan", "import", "{plan_file}")),
            *acknowledgements,
            Act(APPROVER, ("plan", "approve", "{plan}", "--comment", "Approved for a rehearsal.")),
        ),
        conductor=conductor,
        during=tuple(by_hand),
        cluster=str(plan.get("cluster", "rehearsal")),
        administrator=ADMINISTRATOR,
    )


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _items(value: object) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
