"""The guidance as data, for anybody. It asks and stores nothing."""

from django.urls import path

from havenline.journey.safeguarding.views import public

urlpatterns = [
    path("due-dates/", public.due_date, name="due_date"),
    path("due-dates/calendar/", public.due_date_calendar, name="due_date_calendar"),
    path("editions/", public.editions, name="editions"),
]
