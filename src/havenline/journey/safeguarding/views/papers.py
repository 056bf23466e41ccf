"""Papers are written, read, compared with what they said before, finished and signed off."""

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.access import DeskRequest, desk
from havenline.foundation.people.models import NotPartyToRecord
from havenline.foundation.people.roles import Role
from havenline.foundation.sharing.queries import reads_by_break_glass
from havenline.journey.safeguarding import actions, papers
from havenline.journey.safeguarding.models import ChildCase, Paper
from havenline.journey.safeguarding.paper_form import PaperForm
from havenline.journey.safeguarding.queries import printing, writing
from havenline.journey.safeguarding.views.case import REFUSALS, SOCIAL_CARE, found, tried
from havenline.journey.safeguarding.views.pages import as_pdf


def _paper(request: DeskRequest, reference: str, code: str, number: int) -> tuple[ChildCase, Paper]:
    child_case = found(request, reference)
    paper = writing.find(child_case, code=code, number=number)
    if paper is None:
        raise Http404
    return child_case, paper


def _to(paper: Paper, *, name: str = "safeguarding:paper") -> HttpResponse:
    return redirect(name, paper.child_case.reference, paper.code, paper.number)


@desk(*SOCIAL_CARE)
@require_POST
def begin_paper(request: DeskRequest, reference: str, code: str) -> HttpResponse:
    child_case = found(request, reference)
    if code not in papers.forms():
        raise Http404
    if tried(request, lambda: actions.begin_paper(child_case=child_case, code=code, by=request.membership)):
        return _to(writing.being_written(child_case, code))
    return redirect("safeguarding:child_case", child_case.reference)


@desk(*SOCIAL_CARE)
def paper(request: DeskRequest, reference: str, code: str, number: int) -> HttpResponse:
    """One paper: written where it is open, read where it is not. Saved by itself while somebody types, and by the button."""
    child_case, this = _paper(request, reference, code, number)
    by = request.membership
    by_itself = "by_itself" in request.POST
    last = writing.last(this)
    form = PaperForm(request.POST or None, form=this.form, initial={**last.content(), "base": last.number})
    status, clash = 200, []
    if request.method == "POST" and form.is_valid():
        try:
            saved = actions.save_paper(paper=this, content=form.content(), base=form.cleaned_data["base"], by=by, by_itself=by_itself)
            if by_itself:
                return JsonResponse({"base": saved.version.number, "clash": bool(saved.clash), "said": str(writing.said_of(saved))})
            if not saved.clash and "finish" in request.POST:
                actions.finish_paper(paper=this, by=by, seen=saved.version.number)
                messages.success(request, _("Finished."))
                return _to(this)
            if not saved.clash:
                messages.success(request, writing.said_of(saved))
                return _to(this)
            status, clash = 409, writing.side_by_side(this, saved)
            form = PaperForm(form=this.form, initial={**form.content(), "base": saved.version.number})
        except NotPartyToRecord as gone:
            raise Http404 from gone
        except actions.PaperNotWhole as refusal:  # what was typed is saved: the page goes on from there
            said = request.POST.copy()
            said["base"] = str(writing.last(this).number)
            form = PaperForm(said, form=this.form)
            form.say_what_is_missing(refusal)
            status = 422
        except REFUSALS as refusal:
            form.add_error(None, str(refusal))
            status = 422
    elif request.method == "POST":
        status = 422
    if by_itself:
        return JsonResponse({"said": str(_("Not saved: look at what is marked."))}, status=422)
    if request.method == "GET":
        reason = "break_glass" if reads_by_break_glass(child_case.record, by=by) else "paper"
        ledger.looked(by, this, reason=reason)
    context = {
        "child_case": child_case,
        "child": child_case.child,
        "paper": this,
        "form": form,
        "clash": clash,
        "last": writing.last(this),
        "may_print": by.can_act_on(child_case.record),
        "may_write": this.state == Paper.State.OPEN and by.can_act_on(child_case.record),
        "may_sign": this.state == Paper.State.WAITS and by.role in this.form.signed_by and this.finished_by.person_id != by.person_id,  # type: ignore[union-attr]
        "read": writing.in_words(this.form, last.content()),
    }
    return render(request, "safeguarding/paper.html", context, status=status)


@desk(*SOCIAL_CARE)
def versions(request: DeskRequest, reference: str, code: str, number: int) -> HttpResponse:
    """What a paper said before, and what was kept aside; a POST goes back to one of them."""
    child_case, this = _paper(request, reference, code, number)
    chosen = writing.version(this, request.POST.get("version") or request.GET.get("version", ""))
    if request.method == "POST":
        if chosen is None:
            raise Http404
        done = _("It says again what it said then. What it said until now is kept below.")
        tried(request, lambda: actions.restore_version(paper=this, version=chosen, by=request.membership), done=done)
        return _to(this, name="safeguarding:versions")
    ledger.looked(request.membership, this, reason="versions")
    context = {
        "child_case": child_case,
        "child": child_case.child,
        "paper": this,
        "versions": writing.versions(this),
        "chosen": chosen,
        "changes": writing.changes(this, chosen) if chosen else [],
        "may_write": this.state == Paper.State.OPEN and request.membership.can_act_on(child_case.record),
    }
    return render(request, "safeguarding/versions.html", context)


@desk(*SOCIAL_CARE)
def paper_pdf(request: DeskRequest, reference: str, code: str, number: int) -> HttpResponse:
    """One paper as a file that a screen reader can read and a court can take."""
    child_case, this = _paper(request, reference, code, number)
    return as_pdf(request, child_case, title=f"{this.title}, {child_case.child.name}", blocks=printing.of_paper(this))


@desk(Role.TEAM_MANAGER)
@require_POST
def sign_paper(request: DeskRequest, reference: str, code: str, number: int) -> HttpResponse:
    _case, this = _paper(request, reference, code, number)
    agree, words = request.POST.get("agree") == "yes", request.POST.get("words", "")
    done = _("Signed off.") if agree else _("Given back, with your words.")
    tried(request, lambda: actions.sign_paper(paper=this, agree=agree, words=words, by=request.membership), done=done)
    return _to(this)


@desk(*SOCIAL_CARE)
@require_POST
def reopen_paper(request: DeskRequest, reference: str, code: str, number: int) -> HttpResponse:
    _case, this = _paper(request, reference, code, number)
    tried(request, lambda: actions.reopen_paper(paper=this, reason=request.POST.get("reason", ""), by=request.membership))
    return _to(this)
