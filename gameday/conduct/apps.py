from django.apps import AppConfig


class ConductConfig(AppConfig):
    name = "gameday.conduct"
    label = "conduct"
