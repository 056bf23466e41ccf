"""Guidance that anybody may read. It asks and stores nothing."""

from django.urls import path

from havenline.journey.prevention.views import public

urlpatterns = [
    path("guidance/", public.guidance, name="guidance"),
    path("guidance/<str:audience>/", public.guidance_for, name="guidance_for"),
]
