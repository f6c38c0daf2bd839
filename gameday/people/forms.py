"""What an administrator enters of people, and what people enter to come in."""

from __future__ import annotations

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, SetPasswordForm
from django.contrib.auth.password_validation import MinimumLengthValidator, get_default_password_validators

from gameday.people.models import Team
from gameday.people.roles import TeamRole

ROLES = [
    (TeamRole.PLANNER.value, "Planner: writes plans"),
    (TeamRole.APPROVER.value, "Approver: decides on other people's plans"),
    (TeamRole.AUDITOR.value, "Auditor: takes out evidence"),
    (TeamRole.ADMINISTRATOR.value, "Administrator: people, clusters, and the release of a halt"),
    (TeamRole.MEMBER.value, "Member: reads, and may stop"),
]


class RolesForm(forms.Form):
    """Somebody's roles in one team."""

    team = forms.SlugField(max_length=63, help_text="Lower case, like payments. A new name makes a new team.")
    roles = forms.MultipleChoiceField(
        choices=ROLES, required=False, widget=forms.CheckboxSelectMultiple, label="Roles in this team"
    )


class PersonForm(RolesForm):
    """Somebody who has no account yet."""

    field_order = ["username", "name", "team", "roles"]
    username = forms.CharField(
        max_length=150,
        help_text="What they sign in with, and what plans name them by. It is not changed later.",
        widget=forms.TextInput(
            attrs={"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}
        ),
    )
    name = forms.CharField(
        max_length=150,
        label="Full name",
        help_text="As it will stand in the evidence.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        names = ", ".join(Team.objects.values_list("name", flat=True))
        if names:
            self.fields["team"].help_text = f"There are: {names}. A new name makes a new team."


class NameForm(forms.Form):
    name = forms.CharField(max_length=150, label="Full name", help_text="As it will stand in the evidence.")


class SignInForm(AuthenticationForm):
    error_messages = {
        **AuthenticationForm.error_messages,
        "invalid_login": "No account has this username and password. Capital letters matter in both.",
    }


class _Twice(forms.Form):
    """A new password, in few words: what it must be, and that it is asked for twice."""

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        validators = get_default_password_validators()
        least = [item.min_length for item in validators if isinstance(item, MinimumLengthValidator)]
        first, second = self.fields["new_password1"], self.fields["new_password2"]
        first.help_text = f"At least {max(least, default=1)} characters, and none that many people use."
        second.label, second.help_text = "New password again", ""


class NewPasswordForm(_Twice, SetPasswordForm):  # type: ignore[type-arg]
    """Behind a link."""


class ChangePasswordForm(_Twice, PasswordChangeForm):
    """One's own."""
