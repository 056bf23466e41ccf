"""The public door: a complaint about a listed address, and its answer by the code. No account, no cookie, no files."""

import secrets

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from havenline.foundation.lists import actions, queries
from havenline.foundation.lists.public_forms import CodeForm, ComplaintForm

LONGEST_TOKEN = 64
NOT_FOUND = gettext_lazy("No complaint has this code. Look at it again, letter by letter.")


@csrf_exempt  # there is no session that somebody else's page could use; the token alone makes one complaint of one form
@require_http_methods(["GET", "HEAD", "POST"])
def complain(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _form(request, ComplaintForm(), secrets.token_urlsafe(32))
    token = request.POST.get("token", "")[:LONGEST_TOKEN] or secrets.token_urlsafe(32)
    form = ComplaintForm(request.POST)
    if not form.is_valid():
        return _form(request, form, token, status=400)
    try:
        taken = actions.complain(token=token, **form.cleaned_data)
    except actions.NotAComplaint as refused:
        form.add_error(refused.field, str(refused))
        return _form(request, form, token, status=400)
    except actions.TooManyComplaints as many:
        form.add_error(None, str(many))
        return _form(request, form, token, status=429)
    except actions.NobodyReads as nobody:
        form.add_error(None, str(nobody))
        return _form(request, form, token, status=503)
    return render(request, "lists/public/taken.html", {"groups": taken.code.split("-")})


@csrf_exempt  # asks, and changes nothing
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest) -> HttpResponse:
    """How a complaint stands. By POST: a code stands in no address, and so in no log."""
    form = CodeForm(request.POST if request.method == "POST" else None)
    stands = queries.stands(form.cleaned_data["code"]) if form.is_bound and form.is_valid() else None
    if form.is_bound and form.is_valid() and stands is None:
        form.add_error("code", NOT_FOUND)
    status = 404 if stands is None and "code" in form.errors and form.data.get("code") else 200
    return render(request, "lists/public/answer.html", {"form": form, "stands": stands}, status=status)


def _form(request: HttpRequest, form: ComplaintForm, token: str, *, status: int = 200) -> HttpResponse:
    return render(request, "lists/public/complain.html", {"form": form, "token": token}, status=status)
