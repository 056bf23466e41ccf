"""A report that came by telephone, at the desk. A namespace of its own: the public process has none of the desk's addresses."""

from django.urls import path

from havenline.journey.intake.views import telephone

app_name = "intake_desk"
urlpatterns = [path("telephone/", telephone, name="telephone")]
