from django.urls import path

from gameday.approvals import views

app_name = "approvals"
urlpatterns = [
    path("plans/<slug:plan>/approval", views.page, name="page"),
    path("plans/<slug:plan>/approval/approve", views.approve, name="approve"),
    path("plans/<slug:plan>/approval/reject", views.reject, name="reject"),
    path("plans/<slug:plan>/approval/acknowledge", views.acknowledge, name="acknowledge"),
]
