from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "gameday.people"
    label = "people"
