"""What the reports and cases show, counted; nothing is changed here."""

from django.urls import path

from havenline.journey.statistics import views

app_name = "statistics"
urlpatterns = [
    path("statistics/", views.show, name="show"),
    path("statistics/<slug:table>.csv", views.download, name="download"),
]
