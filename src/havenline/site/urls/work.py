"""Background work, for the administrator."""

from django.urls import path

from havenline.site import background

app_name = "work"
urlpatterns = [
    path("", background.tasks, name="tasks"),
    path("tasks/<uuid:task_id>/again/", background.try_task_again, name="try_again"),
    path("letters/<int:letter_id>/again/", background.try_letter_again, name="try_letter_again"),
]
