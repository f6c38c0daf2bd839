from django.urls import path

from gameday.people import views, views_accounts

app_name = "people"
urlpatterns = [
    path("sign-in", views.sign_in, name="sign-in"),
    path("sign-out", views.sign_out, name="sign-out"),
    path("password", views.password, name="password"),
    path("password/<str:uidb64>/<str:token>", views.set_password, name="set-password"),
    path("settings/people/", views_accounts.people, name="people"),
    path("settings/people/new", views_accounts.new, name="new"),
    path("settings/people/<str:username>/", views_accounts.person, name="person"),
    path("settings/people/<str:username>/roles", views_accounts.roles, name="roles"),
    path("settings/people/<str:username>/name", views_accounts.name, name="name"),
    path("settings/people/<str:username>/activity", views_accounts.activity, name="activity"),
    path("settings/people/<str:username>/link", views_accounts.link, name="link"),
]
