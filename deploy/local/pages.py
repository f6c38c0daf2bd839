"""Every page of the web app and a fitting person to look at it: for the screenshots and the browser tests."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from .chromium import Visitors

PLAN = "payments-platform-day"
NOBODY = ""


@dataclass(frozen=True, slots=True)
class Page:
    """One page. `address` is its name in the table of permissions, `by` whoever looks at it.

    `path` is filled in by whoever goes there: {past} is the plan of last quarter's day, {run} a run of it,
    {finding} the number of a finding of it, {link} the path of a link that sets a password.
    """

    address: str
    path: str
    by: str

    @property
    def name(self) -> str:
        """What its picture is called."""
        return self.address.replace(":", "-")


PAGES = (
    Page("people:sign-in", "/sign-in", NOBODY),
    Page("people:set-password", "{link}", NOBODY),
    Page("home", "/", "fiona"),
    Page("plans:plans", "/plans/", "petra"),
    Page("plans:new", "/plans/new", "petra"),
    Page("plans:upload", "/plans/upload", "petra"),
    Page("plans:plan", f"/plans/{PLAN}/", "petra"),
    Page("plans:edit", f"/plans/{PLAN}/edit", "petra"),
    Page("plans:scenario", f"/plans/{PLAN}/scenarios/pod-failure/edit", "petra"),
    Page("plans:new-scenario", f"/plans/{PLAN}/scenarios/new", "petra"),
    Page("plans:duplicate", f"/plans/{PLAN}/duplicate", "petra"),
    Page("plans:preview", f"/plans/{PLAN}/preview", "petra"),
    Page("plans:version", f"/plans/{PLAN}/versions/1", "petra"),
    Page("plans:faults", "/faults/", "petra"),
    Page("plans:fault", "/faults/pod-network-latency", "petra"),
    Page("approvals:page", f"/plans/{PLAN}/approval", "anders"),
    Page("conduct:day", f"/plans/{PLAN}/day", "fiona"),
    Page("conduct:run", "/runs/{run}/", "fiona"),
    Page("conduct:clean-up", "/runs/{run}/clean-up", "fiona"),
    Page("conduct:halt", "/halt", "fiona"),
    Page("conduct:break-glass", "/break-glass/", NOBODY),
    Page("debriefs:page", "/plans/{past}/debrief", "fiona"),
    Page("debriefs:edit-finding", "/plans/{past}/debrief/findings/{finding}", "fiona"),
    Page("debriefs:report", "/plans/{past}/report", "iris"),
    Page("debriefs:actions", "/actions/", "fiona"),
    Page("people:password", "/password", "sam"),
    Page("people:people", "/settings/people/", "ada"),
    Page("people:new", "/settings/people/new", "ada"),
    Page("people:person", "/settings/people/petra/", "ada"),
    Page("clusters:clusters", "/settings/clusters/", "ada"),
    Page("clusters:new", "/settings/clusters/new", "ada"),
    Page("clusters:cluster", "/settings/clusters/rehearsal/", "ada"),
    Page("clusters:edit", "/settings/clusters/rehearsal/edit", "ada"),
)

NO_PAGES = (
    "healthz",
    "metrics",
    "alarm",
    "plans:file",
    "conduct:mine",
    "conduct:stream",
    "conduct:since",
    "conduct:certificate",
    "debriefs:evidence",
)
"""What is read as well, but by programs, or as a part of a page."""


def facts(visitors: Visitors) -> Mapping[str, str]:
    """What the paths are filled in with, looked up on the pages themselves."""
    with visitors.window("ada") as window:
        page = window.new_page()
        page.goto("/settings/people/otto/")
        page.get_by_role("button", name="Make a link").click()
        link = page.locator("input[readonly]").input_value().removeprefix(visitors.url)

        def found(path: str, pattern: str) -> str:
            page.goto(path)
            match = re.search(pattern, page.content())
            if match is None:
                raise LookupError(f"{path} has no {pattern}")
            return match[1]

        past = found("/plans/", r"/plans/(payments-platform-\d{4}-q\d)/")
        run = found(f"/plans/{past}/day", r"/runs/([0-9a-f-]{36})/")
        finding = found(f"/plans/{past}/debrief", r'id="finding-(\d+)"')
    return {"past": past, "run": run, "finding": finding, "link": link}
