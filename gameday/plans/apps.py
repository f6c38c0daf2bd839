from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "gameday.plans"
    label = "plans"
