"""Anybody who holds a copy of a record checks it here: pasted whole, or by its digest alone. It takes no file, and keeps nothing.

The API role serves it: it is what other organisations reach, and the public process reads no ledger.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from havenline.engines import proof
from havenline.foundation.ledger import queries
from havenline.foundation.ledger.models import Checkpoint
from havenline.foundation.ledger.queries import witnesses
from havenline.foundation.sealing import keys

LONGEST = 1_000_000  # signs of a copy
DIGEST = re.compile(r"[0-9a-f]{64}")


class CheckForm(forms.Form):
    """One of both."""

    copy = forms.CharField(
        label=_("The whole copy"),
        required=False,
        max_length=LONGEST,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
        help_text=_("Open the file, select all of it, copy it and paste it here, with the lines of its proof."),
    )
    digest = forms.CharField(
        label=_("Or only the digest that a paper bears"),
        required=False,
        max_length=100,
        help_text=_("64 letters and digits, after “sha256”"),
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocomplete": "off"}),
    )

    def clean_digest(self) -> str:
        digest = re.sub(r"\s", "", self.cleaned_data["digest"]).lower()
        if digest and not DIGEST.fullmatch(digest):
            raise forms.ValidationError(_("A digest has 64 signs, each a digit or a letter from a to f. Type it whole."))
        return digest

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not self.errors and not said.get("copy", "").strip() and not said.get("digest"):
            self.add_error("copy", _("Paste a copy, or type a digest."))
        return said


@dataclass(frozen=True)
class Held:
    """What was shown to stand in the ledger, and how far others have seen that."""

    sequence: int
    at: datetime
    is_whole: bool  # a copy was compared word for word; else the digest alone is known
    is_witnessed: bool
    witnesses: str


@csrf_exempt  # it acts for nobody, and changes nothing
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """A copy is checked by its own proof; a digest is looked up. What is not known and what was never there are answered alike."""
    form = CheckForm(request.POST if request.method == "POST" else None)
    held, why = None, ""
    if form.is_bound and form.is_valid():
        try:
            held = (
                _held_by_copy(form.cleaned_data["copy"])
                if form.cleaned_data["copy"].strip()
                else _held_by_digest(form.cleaned_data["digest"])
            )
        except proof.NotProved as error:
            why = str(error)
    return render(request, "check/copy.html", {"form": form, "held": held, "why": why})


def _held_by_copy(whole: str) -> Held:
    try:
        known = [proof.VerifierKey.read(one) for one in keys.ledger_public_keys()]
    except keys.KeyMissing as error:
        raise proof.NotProved(str(_("This installation has no key for its ledger, so nothing of it can be checked here."))) from error
    found = proof.check_copy(whole, known)
    signed = found.opened.checkpoint
    if not Checkpoint.objects.filter(size=signed.size, root=signed.root.hex()).exists():
        gone_back = _("It is signed, and this ledger does not hold any more what was signed. Tell the oversight body.")
        raise proof.NotProved(str(gone_back))
    return _held(found.sequence, datetime.fromisoformat(found.entry["at"]), is_whole=True)


def _held_by_digest(digest: str) -> Held:
    entry = queries.vouched_by(digest)
    link = getattr(entry, "link", None)
    if entry is None or link is None:
        raise proof.NotProved(str(_("The ledger has no entry for this digest.")))
    return _held(link.sequence, entry.at, is_whole=False)


def _held(sequence: int, at: datetime, *, is_whole: bool) -> Held:
    standing = witnesses.standing()
    return Held(sequence, at, is_whole, sequence <= standing.size, ", ".join(standing.by))
