from django.apps import AppConfig


class DebriefsConfig(AppConfig):
    name = "gameday.debriefs"
    label = "debriefs"
