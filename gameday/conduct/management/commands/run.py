from gameday.commands import SliceCommand
from gameday.conduct import cli, cli_clean_up


class Command(SliceCommand):
    help = "People's words during a run, its end, and what became of its faults."
    slices = (cli.register_run, cli_clean_up.register)
