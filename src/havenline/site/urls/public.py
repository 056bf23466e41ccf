"""What the public process serves: intake, and nothing of the desk."""

from django.urls import include, path

urlpatterns = [path("", include("havenline.journey.intake.urls"))]
