"""Two addresses: the home, and the form with its receipt and dialogue."""

from django.urls import path

from havenline.journey.intake.views import home, report

app_name = "intake"
urlpatterns = [
    path("", home, name="home"),
    path("report/", report, name="report"),
]
