"""Guidance that anybody may read."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
