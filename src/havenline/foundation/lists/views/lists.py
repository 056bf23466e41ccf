"""Lists: all of them, what is said of one, who reads it, what arrives for it."""

import hashlib
import io

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from havenline.foundation import moment
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.lists import actions, csv_file, queries
from havenline.foundation.lists.forms import ImportForm, ListForm, ReaderForm, TermsForm
from havenline.foundation.lists.models import KnownList
from havenline.foundation.people.access import DeskRequest, desk
from havenline.foundation.people.roles import Role

READS = (Role.ANALYST, Role.SENIOR_ANALYST, Role.AUDITOR)
MANAGES = (Role.SENIOR_ANALYST,)
A_PAGE = 50
MOST_EXPORTED = 50_000
REFUSED = (
    actions.ListClosed,
    actions.ListHeld,
    actions.NotWaiting,
    actions.NotYourList,
    actions.ReaderHasNothing,
    actions.WordsMissing,
)


def seen(request: DeskRequest, slug: str) -> KnownList:
    """The list, if this person may see it; else it does not exist."""
    return get_object_or_404(KnownList.objects.visible_to(request.membership).select_related("agency"), slug=slug)


def kept(request: DeskRequest, slug: str) -> KnownList:
    """The list, if this person's agency keeps it; else it does not exist."""
    return get_object_or_404(queries.kept_lists(by=request.membership), slug=slug)


def may_keep(request: DeskRequest, known_list: KnownList) -> bool:
    by = request.membership
    return by.role in actions.KEEPERS and by.agency_id == known_list.agency_id and known_list.is_open


def may_manage(request: DeskRequest, known_list: KnownList) -> bool:
    return may_keep(request, known_list) and request.membership.role in MANAGES


@desk(*READS)
@require_safe
def every(request: DeskRequest) -> HttpResponse:
    by = request.membership
    ledger.looked(by, "list of lists", reason="list")
    page = Paginator(queries.lists(by=by), A_PAGE).get_page(request.GET.get("page"))
    said = {"page": page, "waiting": queries.held(by=by).count(), "complaints": queries.complaints_of(by=by).count(), "place": "lists"}
    return render(request, "lists/lists.html", said)


@desk(*MANAGES)
def new(request: DeskRequest) -> HttpResponse:
    form = ListForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.make_list(agency=request.membership.agency, by=request.membership, **form.cleaned_data)
        except (actions.SlugTaken, actions.WordsMissing, actions.TooManyLists) as refused:
            form.add_error("name", str(refused))
        else:
            messages.success(request, _("The list is made. Nothing stands on it yet."))
            return redirect("lists:list", made.slug)
    return render(request, "lists/new.html", {"form": form, "place": "lists"})


@desk(*MANAGES)
def terms(request: DeskRequest, slug: str) -> HttpResponse:
    """What is said of a list, whether it is held, and its end."""
    known_list = kept(request, slug)
    before = {name: getattr(known_list, name) for name in ("name", "licence", "sharing_terms", "is_matched")}
    form = TermsForm(request.POST if request.method == "POST" else None, initial=before)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_terms(known_list=known_list, by=request.membership, **form.cleaned_data)
        except REFUSED as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Saved."))
            return redirect("lists:list", slug)
    return render(request, "lists/terms.html", {"known_list": known_list, "form": form, "place": "lists"})


@desk(*MANAGES)
@require_POST
def act(request: DeskRequest, slug: str, act: str) -> HttpResponse:
    """Hold, release or close a list."""
    known_list, by = kept(request, slug), request.membership
    try:
        if act == "hold":
            actions.hold_list(known_list=known_list, reason=request.POST.get("reason", ""), by=by)
            messages.success(request, _("The list is held: nothing that arrives is applied to it until it is released."))
        elif act == "release":
            actions.release_list(known_list=known_list, by=by)
            messages.success(request, _("The list is released. What waited still waits for your word."))
        elif act == "close":
            actions.close_list(known_list=known_list, by=by)
            messages.success(request, _("The list is closed: it is matched and sent no more."))
        else:
            raise Http404
    except REFUSED as refused:
        messages.error(request, str(refused))
    return redirect("lists:list", slug)


@desk(*READS)
def readers(request: DeskRequest, slug: str) -> HttpResponse:
    """Who may see the list, be told of its matches, be sent it; and letting somebody in."""
    known_list, by = seen(request, slug), request.membership
    manages = may_manage(request, known_list)
    if request.method == "POST" and not manages:
        messages.error(request, _("A senior analyst of %(agency)s says who reads this list.") % {"agency": known_list.agency.name})
        return redirect("lists:readers", slug)
    form = ReaderForm(request.POST if request.method == "POST" else None, known_list=known_list)
    if request.method == "POST" and form.is_valid():
        try:
            actions.let_read(known_list=known_list, by=by, **form.cleaned_data)
        except REFUSED as refused:
            form.add_error("may_see", str(refused))
        else:
            messages.success(request, _("From now on it may."))
            return redirect("lists:readers", slug)
    ledger.looked(by, known_list, reason="readers")
    page = Paginator(queries.readers(known_list), A_PAGE).get_page(request.GET.get("page"))
    said = {"known_list": known_list, "page": page, "form": form, "manages": manages, "place": "lists"}
    return render(request, "lists/readers.html", said)


@desk(*MANAGES)
@require_POST
def end_reader(request: DeskRequest, slug: str, pk: int) -> HttpResponse:
    reader = get_object_or_404(queries.readers(kept(request, slug)), pk=pk)
    actions.end_reader(reader=reader, by=request.membership)
    messages.success(request, _("%(agency)s reads the list no more.") % {"agency": reader.agency.name})
    return redirect("lists:readers", slug)


@desk(*READS)
@require_safe
def held(request: DeskRequest) -> HttpResponse:
    """Imports that wait for a person's word."""
    by = request.membership
    ledger.looked(by, "list of held changes", reason="list")
    page = Paginator(queries.held(by=by), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "lists/held.html", {"page": page, "place": "held"})


@desk(*MANAGES)
def bring(request: DeskRequest, slug: str) -> HttpResponse:
    """Read pasted lines whole, and show what they would do. A file comes in by `havenline lists import`: the desk takes no files."""
    known_list = kept(request, slug)
    form = ImportForm(request.POST if request.method == "POST" else None)
    errors: list[tuple[int, str]] = []
    if request.method == "POST" and form.is_valid():
        raw = form.cleaned_data["lines"].encode()
        try:
            read = actions.read_in(
                known_list=known_list,
                lines=csv_file.lines_of(io.BytesIO(raw)),
                source=_("pasted at the desk, %(at)s") % {"at": moment.now().astimezone(moment.LONDON).strftime("%Y-%m-%d %H:%M")},
                by=request.membership,
                digest=hashlib.sha256(raw).hexdigest(),
                is_whole=form.cleaned_data["is_whole"],
            )
        except actions.LinesRefused as refused:
            form.add_error("lines", str(refused))
            errors = refused.errors
        except (csv_file.NotThisFile, *REFUSED) as refused:
            form.add_error("lines", str(refused))
        else:
            return redirect("lists:import", read.pk)
    said = {"known_list": known_list, "form": form, "errors": errors, "place": "lists"}
    return render(request, "lists/bring.html", said, status=400 if form.errors else 200)


@desk(*READS)
@require_safe
def imported(request: DeskRequest, pk: int) -> HttpResponse:
    """What one import would do, is doing, or did."""
    one = get_object_or_404(queries.imports(by=request.membership), pk=pk)
    ledger.looked(request.membership, one, reason="import")
    said = {"one": one, "known_list": one.known_list, "manages": may_manage(request, one.known_list), "place": "held"}
    return render(request, "lists/import.html", said)


@desk(*MANAGES)
@require_POST
def settle(request: DeskRequest, pk: int, act: str) -> HttpResponse:
    """Apply an import, or refuse it."""
    by = request.membership
    one = get_object_or_404(queries.kept_imports(by=by), pk=pk)
    reason = request.POST.get("reason", "")
    try:
        if act == "apply":
            actions.apply_import(imported=one, reason=reason, by=by)
            messages.success(request, _("It is being applied in the background."))
        elif act == "refuse":
            actions.refuse_import(imported=one, reason=reason, by=by)
            messages.success(request, _("It is refused: nothing of it was applied."))
        else:
            raise Http404
    except REFUSED as refused:
        messages.error(request, str(refused))
    return redirect("lists:import", pk)


@desk(*READS)
@require_safe
def export(request: DeskRequest, slug: str) -> HttpResponse:
    """What stands on a list, as CSV; that somebody took it out stands on the ledger."""
    known_list, by = seen(request, slug), request.membership
    if known_list.live > MOST_EXPORTED:
        said = {"n": f"{MOST_EXPORTED:,}", "slug": slug}
        messages.error(request, _("A page gives at most %(n)s entries. On the server: havenline lists export %(slug)s") % said)
        return redirect("lists:list", slug)
    standing = queries.entries(known_list=known_list, by=by, state="live").order_by("pk")
    whole = "".join(csv_file.written(standing.iterator(chunk_size=2_000)))
    actions.note_export(known_list=known_list, count=known_list.live, digest=hashlib.sha256(whole.encode()).hexdigest(), by=by)
    headers = {"Content-Disposition": f'attachment; filename="{slug}.csv"'}
    return HttpResponse(whole, content_type="text/csv; charset=utf-8", headers=headers)
