from gameday.commands import SliceCommand
from gameday.conduct import cli


class Command(SliceCommand):
    help = "People's words during a run: attest, note, milestone."
    slices = (cli.register_run,)
