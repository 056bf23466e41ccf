"""Telling schools and parents what to look for, and hearing from them."""

from django.urls import URLPattern

app_name = "prevention"
urlpatterns: list[URLPattern] = []
