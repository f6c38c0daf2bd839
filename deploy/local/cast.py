"""Who plays a plan: the script beside it, the sample's script for the sample's plan, else a plain cast."""

from pathlib import Path

from chaos.domain.errors import Refused
from gameday.plans.compile import check
from gameday.plans.spec import PlanSpec
from gameday.plans.yaml_reader import read

from . import script
from .paths import ROOT
from .say import Trouble, step
from .script import Act, Person, Script, When

SAMPLE = ROOT / "deploy" / "rehearsal" / "sample" / "script.yaml"
PLANNER, APPROVER, ADMINISTRATOR = "planner", "approver", "administrator"


def opened(plan: Path, scenario: str = "") -> PlanSpec:
    """The plan as the product reads it. Raises Trouble with all that its import would say against it, and
    where it has no such `scenario`; any will do when none is named."""
    try:
        source = read(plan.read_bytes(), str(plan))
        spec, problems = check(source.document)
        if spec is None:
            raise source.refusal(problems)
        if scenario:
            spec.scenario(scenario)
    except OSError as error:
        raise Trouble(f"{plan} cannot be read: {error.strerror}.") from error
    except Refused as refused:
        raise Trouble(str(refused)) from refused
    return spec


def script_for(path: Path, plan: PlanSpec) -> Script:
    """The script that plays the plan at `path`. Raises Trouble where a script is there and cannot be read."""
    beside = (path.with_suffix(".script.yaml"), path.with_name("script.yaml"))
    for file in beside:
        if file.is_file():
            found = script.read(file)
            if found.plan in ("", plan.slug):  # several plans may lie beside one script
                return found
    if SAMPLE.is_file():
        sample = script.read(SAMPLE)
        if sample.plan == plan.slug:  # an edited copy of the sample
            return sample
    step("no script beside the plan: a plain cast plays it (planner, approver, and the plan's own people)")
    return plain(plan)


def introductions(played: Script) -> list[list[str]]:
    """The manage.py calls that make everybody known: first the administrator, who then adds the others."""
    chief = played.administrator
    calls = [
        ["people", "add", one.user, "--name", one.name, "--team", one.team]
        + [word for role in one.roles for word in ("--role", role)]
        for one in sorted(played.people, key=lambda one: one.user != chief)
    ]
    return [*calls[:1], *([*call, "--as", chief] for call in calls[1:])]


def plain(plan: PlanSpec) -> Script:
    """A cast from the plan alone: its people, a planner, an approver; faults by hand are attested in turn."""
    conductor = plan.facilitators[0]
    by_hand = [
        Act(conductor, ("run", "attest", "--plan", "{plan}", "--scenario", "{scenario}", word, "--note",
                        f"Played by the rehearsal: {word}."),
            when=When(kind="run.waiting_for_person", word=word, after_seconds=2))
        for word in ("injected", "reverted")
    ]  # fmt: skip
    acknowledgements = tuple(
        Act(party.acknowledged_by[0], ("plan", "acknowledge", "{plan}", "--party", party.name))
        for party in plan.must_be_told
    )
    named = {*plan.people, *(user for party in plan.must_be_told for user in party.acknowledged_by)}
    people = [Person(user, user.title(), plan.team, (user,)) for user in (ADMINISTRATOR, PLANNER, APPROVER)]
    people += [
        Person(user, user, plan.team, ()) for user in sorted(named - {ADMINISTRATOR, PLANNER, APPROVER})
    ]
    return Script(
        people=tuple(people),
        before=(
            Act(PLANNER, ("plan", "import", "{plan_file}")),
            *acknowledgements,
            Act(APPROVER, ("plan", "approve", "{plan}", "--comment", "Approved for a rehearsal.")),
        ),
        conductor=conductor,
        during=tuple(by_hand),
        cluster=plan.cluster,
        administrator=ADMINISTRATOR,
    )
