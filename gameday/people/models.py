"""Teams, people and what they are in their teams."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q

from gameday.people.roles import TeamRole


class Team(models.Model):
    name = models.SlugField(max_length=63, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class User(AbstractUser):
    """One account a person. One name field: not everybody has a first and a last one."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(max_length=150)

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    def __str__(self) -> str:
        return self.name or self.username


class Membership(models.Model):
    """One role of one person in one team. Everybody in a team is at least a member of it."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=16, choices=[(role.value, role.value) for role in TeamRole])

    class Meta:
        ordering = ["team", "user", "role"]
        constraints = [
            models.UniqueConstraint(fields=["user", "team", "role"], name="role_once_a_team"),
            models.CheckConstraint(
                condition=Q(role__in=[role.value for role in TeamRole]), name="team_role_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} is {self.role} of {self.team}"
