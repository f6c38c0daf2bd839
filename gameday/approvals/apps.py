from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    name = "gameday.approvals"
    label = "approvals"
