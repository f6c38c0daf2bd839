from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "gameday.web"
    label = "web"
