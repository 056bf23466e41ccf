"""A listed address can be wrongly listed: who says so needs no account, and reads the answer by a code."""

from django.urls import path

from havenline.foundation.lists.views import public

urlpatterns = [
    path("listed/", public.complain, name="listed"),
    path("listed/answer/", public.answer, name="listed_answer"),
]
