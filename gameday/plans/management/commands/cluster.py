from gameday.commands import SliceCommand
from gameday.plans import cluster_cli


class Command(SliceCommand):
    help = "Clusters: registered by an administrator, checked before a day."
    slices = (cluster_cli.register,)
