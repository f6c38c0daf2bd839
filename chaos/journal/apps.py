from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "chaos.journal"
    label = "journal"
