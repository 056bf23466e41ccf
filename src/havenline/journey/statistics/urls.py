"""What the reports and cases show, counted; nothing is changed here."""

from django.urls import URLPattern

app_name = "statistics"
urlpatterns: list[URLPattern] = []
