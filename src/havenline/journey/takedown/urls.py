"""Asking a host to remove what was graded, or to keep it for police, and seeing that it is done."""

from django.urls import URLPattern

app_name = "takedown"
urlpatterns: list[URLPattern] = []
