from gameday.approvals import cli as approvals
from gameday.commands import SliceCommand
from gameday.conduct import cli as conduct
from gameday.plans import cli as plans


class Command(SliceCommand):
    help = "Plans: import, export, preview, acknowledge, approve, conduct."
    slices = (plans.register, approvals.register, conduct.register_conduct)
