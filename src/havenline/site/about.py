"""The four small public pages beside the form: help, privacy, accessibility, without JavaScript. They ask and store nothing."""

from django.urls import path
from django.views.generic import TemplateView

urlpatterns = [
    path("help/", TemplateView.as_view(template_name="about/help.html"), name="help"),
    path("privacy/", TemplateView.as_view(template_name="about/privacy.html"), name="privacy"),
    path("accessibility/", TemplateView.as_view(template_name="about/accessibility.html"), name="accessibility"),
    path("without-javascript/", TemplateView.as_view(template_name="about/without_javascript.html"), name="without_javascript"),
]
