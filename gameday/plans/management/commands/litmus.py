from gameday.commands import SliceCommand
from gameday.plans import litmus_cli


class Command(SliceCommand):
    help = "The experiments that Litmus needs on a cluster: what it has, what differs, and installing them."
    slices = (litmus_cli.register,)
