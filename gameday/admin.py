"""Django's admin as a reading room: every table as it is, for administrators, and nothing to change.

What Gameday keeps is evidence, or is changed by services that put it on record; a form that writes rows past
them has no place here. So no permission to add, change or delete exists for anybody, superusers included, and
the table of permissions lets nothing but GET through.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib.admin import AdminSite, ModelAdmin
from django.db import models
from django.http import HttpRequest

if TYPE_CHECKING:  # generic in its stubs alone

    class _Admin(ModelAdmin[models.Model]): ...
else:
    _Admin = ModelAdmin

HIDDEN = frozenset({"password", "sealed_token", "sealed_prometheus_secret"})
"""Columns that are for nobody's eyes."""
_LONG = (models.JSONField, models.TextField, models.BinaryField)
_COLUMNS = 8


class ReadingRoom(AdminSite):
    """Whoever administers a team gets in, as `gameday.access` finds. `is_staff` and `is_superuser` are asked
    of nobody."""

    site_header = site_title = "Gameday, as it is on record"
    index_title = "Every table, to read"

    def has_permission(self, request: HttpRequest) -> bool:
        return "administer" in getattr(request, "acts", ())


class ReadOnly(_Admin):
    """Newest first, without what is long or secret; the page of a row shows all but the secrets."""

    admin_site: ReadingRoom
    actions = None
    list_per_page = 50
    show_full_result_count = False
    ordering = ["-pk"]

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        shown = [item.name for item in _columns(self.model) if not isinstance(item, _LONG)]
        return tuple(shown[:_COLUMNS])

    def get_list_select_related(self, request: HttpRequest) -> list[str]:
        return [item.name for item in _columns(self.model) if isinstance(item, models.ForeignKey)]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return tuple(item.name for item in _columns(self.model))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.admin_site.has_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.admin_site.has_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def tables() -> Iterable[type[models.Model]]:
    """Every table of our own, and the attempts to sign in."""
    for app in apps.get_app_configs():
        if app.name.split(".")[0] in ("chaos", "gameday", "axes"):
            yield from app.get_models()


def _columns(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    return [item for item in model._meta.concrete_fields if item.name not in HIDDEN]


site = ReadingRoom(name="admin")
site.register(tables(), ReadOnly)
