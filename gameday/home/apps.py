from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "gameday.home"
    label = "home"
