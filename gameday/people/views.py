"""Signing in and out, and one's own password."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.forms import PasswordChangeForm, SetPasswordForm
from django.contrib.auth.views import LoginView, LogoutView, PasswordChangeView, PasswordResetConfirmView
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse_lazy

from gameday.people import accounts
from gameday.people.forms import ChangePasswordForm, NewPasswordForm, SignInForm
from gameday.people.models import User
from gameday.people.requests import user_of

sign_in = LoginView.as_view(
    template_name="people/sign_in.html", form_class=SignInForm, redirect_authenticated_user=True
)
sign_out = LogoutView.as_view()


class _Password(PasswordChangeView):
    """One's own; whoever is signed in elsewhere under it is signed out there."""

    template_name = "people/password.html"
    form_class = ChangePasswordForm
    success_url = reverse_lazy("home")

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        user = user_of(self.request)
        with transaction.atomic():
            answer = super().form_valid(form)
            accounts.note_password(user, user, "of their own")
        messages.success(
            self.request, "Your password is changed. Other places where you were signed in are not."
        )
        return answer


class _SetPassword(PasswordResetConfirmView):
    """Behind the link that an administrator hands over; it is good once."""

    template_name = "people/set_password.html"
    form_class = NewPasswordForm
    success_url = reverse_lazy("people:sign-in")

    def get_user(self, uidb64: str) -> User | None:
        user = super().get_user(uidb64)
        return user if user is not None and user.is_active else None

    def form_valid(self, form: SetPasswordForm[User]) -> HttpResponse:
        user = form.user
        with transaction.atomic():
            answer = super().form_valid(form)
            accounts.note_password(user, user, "by a link that was good once")
        messages.success(self.request, "Your password is set. Sign in with it.")
        return answer


password = _Password.as_view()
set_password = _SetPassword.as_view()


def locked_out(request: HttpRequest, credentials: object, *args: object, **kwargs: object) -> HttpResponse:
    """Too many wrong passwords for one account from one address."""
    return render(request, "people/locked_out.html", status=429)
