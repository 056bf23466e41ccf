"""Asking a host to remove what was graded, or to keep it for police, and seeing that it is done."""

from django.urls import path

from havenline.journey.takedown import views

app_name = "takedown"
urlpatterns = [
    path("takedown/", views.notices, name="notices"),
    path("takedown/hosts/", views.hosts, name="hosts"),
    path("takedown/hosts/<int:pk>/", views.host, name="host"),
    path("takedown/<str:reference>/", views.notice, name="notice"),
    path("takedown/<str:reference>/items/<int:number>/look/", views.look, name="look"),
]
