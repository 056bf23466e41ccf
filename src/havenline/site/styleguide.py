"""Each component in each state, light and dark: only in the demo."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def show(request: HttpRequest) -> HttpResponse:
    return render(request, "styleguide.html")
