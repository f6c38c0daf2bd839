from gameday.commands import SliceCommand
from gameday.people import cli


class Command(SliceCommand):
    help = "People, their teams and roles."
    slices = (cli.register,)
