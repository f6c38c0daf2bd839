"""What a stack with the web app begins with: people, cluster, the sample plan and last quarter's day."""

import json
import secrets
import subprocess
from collections.abc import Mapping, Sequence

from . import cast
from .paths import ROOT
from .say import Trouble, step
from .script import Script
from .stack import PYTHON, Stack

PLAN = ROOT / "deploy" / "rehearsal" / "sample" / "plan.yaml"

SET_UP = (("migrate", "--verbosity", "0"), ("collectstatic", "--no-input", "--verbosity", "0"))

SEATS = {
    "petra": "planner: writes and changes plans",
    "anders": "approver: decides on them",
    "fiona": "facilitator: conducts the day",
    "ravi": "responder: meets it as an incident",
    "sam": "scribe: writes down what happens",
    "otto": "observer, of another team",
    "kofi": "responder, of another team",
    "iris": "auditor: takes out the evidence",
    "ada": "administrator: people and clusters",
}


class Loading:
    """Fills the database of a stack whose cluster is up. Done again, it adds nothing twice."""

    def __init__(self, stack: Stack, script: Script, environment: Mapping[str, str]) -> None:
        self.stack, self.script, self.environment = stack, script, environment

    @property
    def cluster(self) -> list[list[str]]:
        """Registered anew at each start, since its ports may have moved; its identity has not."""
        return self.stack.registration(self.script.cluster, self.script.administrator)

    @property
    def password(self) -> str:
        """One for everybody on this practice machine; made once."""
        kept = self.stack.state / "password"
        if not kept.exists():
            kept.write_text(f"practice-{secrets.token_hex(3)}")
            kept.chmod(0o600)
        return kept.read_text()

    def load(self) -> None:
        """Database and style sheets; at the first start also people, plan and last quarter's day.

        Raises Trouble where any of it is refused; its sentence is on standard error by then.
        """
        loaded = self.stack.state / "loaded"
        if loaded.exists():
            self.seed([*SET_UP, *self.cluster])
            return
        step("first start: preparing database, people, plan and last quarter's day")
        people = cast.introductions(self.script)
        self.seed([*SET_UP, *people, *self.cluster, ["plan", "import", str(PLAN), "--as", "petra"]])
        self._practice(self.script.cluster)
        loaded.touch()

    def load_people(self) -> None:
        """The people alone, in an empty house; it needs no cluster."""
        self.seed([*SET_UP, *cast.introductions(self.script)])
        self._practice()

    def seed(self, calls: Sequence[Sequence[str]]) -> None:
        """Several `manage.py` calls in one process. Raises Trouble where one is refused."""
        self._run("deploy.local.seed", [[*call] for call in calls])

    def _practice(self, cluster: str = "") -> None:
        """Passwords; and last quarter's day, where there is a cluster that it was on."""
        given = {"password": self.password, "users": [*SEATS], "cluster": cluster}
        self._run("deploy.local.practice_data", given)

    def _run(self, module: str, given: object) -> None:
        done = subprocess.run(
            [PYTHON, "-m", module], cwd=ROOT, env=self.environment, input=json.dumps(given), text=True,
            stdout=subprocess.DEVNULL, check=False,
        )  # fmt: skip
        if done.returncode != 0:
            raise Trouble(
                f"The data could not be prepared; the lines above say why. To start afresh: rm -r "
                f"{self.stack.state}"
            )
