"""The sender's screens: what is to be telephoned, the notices, and one notice from its first word to its last answer."""

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.access import DeskRequest, desk
from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import Role
from havenline.foundation.records.pages import page_of
from havenline.foundation.records.queries import find
from havenline.journey.intake import receipts
from havenline.journey.prevention import actions, queries
from havenline.journey.prevention.forms import AgreeForm, AnswersForm, CallForm, NoticeForm, WordsForm, WriteForm
from havenline.journey.prevention.guidance import PAGES, is_newest
from havenline.journey.prevention.models import AskedSchool, Campaign, NearSubject, SchoolNotice
from havenline.journey.prevention.policies import SENDERS
from havenline.journey.prevention.views.act import act_page, bound, crumbs, do, posted_from

PAGE = 30
AT_ONCE = 100  # schools asked about on one page


def _at(pk: int) -> str:
    return reverse("prevention:campaign", args=[pk])


def _campaign_page(_request: DeskRequest, pk: int) -> str:
    return _at(pk)


def _campaign_page_of_row(request: DeskRequest, pk: int) -> str:
    return _at(_the_row(pk, request.membership).campaign_id)


def _notice_page(_request: DeskRequest, reference: str) -> str:
    return reverse("prevention:notice", args=[reference])


def the_campaign(pk: int, by: Membership) -> Campaign:
    return get_object_or_404(queries.campaigns(by=by).select_related("agency", "source"), pk=pk)


def the_notice(reference: str, by: Membership) -> SchoolNotice:
    return get_object_or_404(queries.sent_notices(by=by), record__reference=reference)


@desk(*SENDERS)
def notices(request: DeskRequest) -> HttpResponse:
    by = request.membership
    page = Paginator(queries.campaigns(by=by), PAGE).get_page(request.GET.get("page"))
    ledger.looked(by, "list of notices to schools", reason="own agency")
    context = {
        "to_telephone": queries.to_telephone(by=by),
        "waiting": queries.waiting_for_second(by=by),
        "rows": queries.overview(page),
        "page": page,
    }
    return render(request, "prevention/notices.html", context)


@desk(*SENDERS)
def write(request: DeskRequest, reference: str = "") -> HttpResponse:
    """Begin a notice: from a case or report, or from several that make a pattern."""
    by = request.membership
    source = find(reference, by=by) if reference else None
    if reference and (source is None or source.agency_id != by.agency_id):
        raise Http404
    if source:
        ledger.looked(by, source, reason="to tell schools")
    alike = queries.likely_pattern(source, by=by) if source else []
    initial = {"token": receipts.new_token(), "source": reference, "also": "\n".join(record.reference for record in alike)}
    form = WriteForm(bound(request), by=by, initial=initial)
    written: list[Campaign] = []

    def act() -> None:
        said = form.cleaned_data
        sources = [said["source"], *said["also"]]
        parts = {part: said[part] for part in ("token", "title", "words", "guidance")}
        written.append(actions.write_notice(sources=sources, by=by, **parts))

    answer = act_page(
        request,
        form,
        act,
        back=reverse("prevention:notices"),
        title=_("Write a notice to schools"),
        crumbs=crumbs((_("Write"), "")),
        button=_("Keep as a draft and choose schools"),
        done=_("Kept as a draft. Nothing was sent."),
        intro=_("It names nobody. Another person agrees before it goes; then each school reads it behind its own sign-in."),
    )
    return redirect("prevention:campaign", written[0].pk) if written else answer


@desk(*SENDERS)
def campaign(request: DeskRequest, pk: int) -> HttpResponse:
    by = request.membership
    found = the_campaign(pk, by)
    ledger.looked(by, found, reason="own agency")
    return _show(request, found)


def _show(request: DeskRequest, found: Campaign, typed: QueryDict | None = None, status: int = 200) -> HttpResponse:
    by = request.membership
    rows = list(queries.asked_of(found))
    open_rows = [row for row in rows if not row.answer][:AT_ONCE]
    form = AnswersForm(typed, asked=open_rows)
    asked = request.GET.get("find", "").strip()
    chosen = {row.school_id for row in rows}
    hits = [school for school in queries.schools(asked, by=by)[: queries.MOST_FOUND] if school.pk not in chosen] if asked else []
    sent = {one.notice.pk: one for one in queries.arrivals([row.notice for row in rows if row.notice is not None])}
    going = sum(row.answer == NearSubject.NO for row in rows)
    page = PAGES[found.guidance]
    context = {
        "campaign": found,
        "sources": [(source.record, page_of(source.record)) for source in found.sources.select_related("record")],
        "page": page,
        "is_newest": is_newest(found.guidance, found.guidance_version),
        "form": form,
        "to_answer": [(row, form[f"school-{row.pk}"]) for row in open_rows],
        "answered": [(row, sent.get(row.notice_id) if row.notice_id else None) for row in rows if row.answer],
        "unanswered": sum(not row.answer for row in rows),
        "going": going,
        "officer": sum(row.goes_to_officer for row in rows),
        "asked": asked,
        "hits": hits,
        "silences": queries.silences_of(found),
        "is_second": queries.waiting_for_second(by=by).filter(pk=found.pk).exists(),
        "question": _("Does the subject or a relative work at, volunteer for or govern this school?"),
    }
    return render(request, "prevention/campaign.html", context, status=status)


@desk(*SENDERS)
def rewrite(request: DeskRequest, pk: int) -> HttpResponse:
    by = request.membership
    found = the_campaign(pk, by)
    if not found.is_draft:
        return redirect("prevention:campaign", pk)
    form = NoticeForm(bound(request), initial={"title": found.title, "words": found.words, "guidance": found.guidance})
    return act_page(
        request,
        form,
        lambda: actions.rewrite_notice(campaign=found, by=by, **form.cleaned_data),
        back=reverse("prevention:campaign", args=[pk]),
        title=_("Change the text"),
        crumbs=crumbs((found.title, reverse("prevention:campaign", args=[pk])), (_("Change the text"), "")),
        button=_("Keep"),
        done=_("Kept."),
    )


@desk(*SENDERS)
@posted_from(_campaign_page)
def choose(request: DeskRequest, pk: int) -> HttpResponse:
    by = request.membership
    found = the_campaign(pk, by)
    typed = [int(value) for value in request.POST.getlist("school") if value.isascii() and value.isdigit() and len(value) < 10]
    chosen = queries.schools(by=by).filter(urn__in=typed)
    return do(request, lambda: actions.choose_schools(campaign=found, schools=chosen, by=by), back=_at(pk))


@desk(*SENDERS)
@posted_from(_campaign_page_of_row)
def leave_out(request: DeskRequest, pk: int) -> HttpResponse:
    row = _the_row(pk, request.membership)
    return do(request, lambda: actions.leave_out(asked=row, by=request.membership), back=_at(row.campaign_id))


@desk(*SENDERS)
@posted_from(_campaign_page)
def answer(request: DeskRequest, pk: int) -> HttpResponse:
    """The answers that were given; what was left open stays open."""
    by = request.membership
    found = the_campaign(pk, by)
    form = AnswersForm(request.POST, asked=[row for row in queries.asked_of(found) if f"school-{row.pk}" in request.POST])
    if not form.is_valid():
        return _show(request, found, request.POST, status=422)
    return do(
        request,
        lambda: actions.answer_for_schools(campaign=found, answers=form.answers(), by=by),
        back=_at(pk),
        done=_("Answered.") if form.answers() else "",
    )


@desk(*SENDERS)
@posted_from(_campaign_page_of_row)
def officer(request: DeskRequest, pk: int) -> HttpResponse:
    """Tell the designated officer, where that could not be done before."""
    row = _the_row(pk, request.membership)
    return do(request, lambda: actions.tell_officer_again(asked=row, by=request.membership), back=_at(row.campaign_id))


@desk(*SENDERS)
@posted_from(_campaign_page)
def propose(request: DeskRequest, pk: int) -> HttpResponse:
    found = the_campaign(pk, request.membership)
    done = _("It waits for another person to agree.")
    return do(request, lambda: actions.propose(campaign=found, by=request.membership), back=_at(pk), done=done)


@desk(*SENDERS)
def agree(request: DeskRequest, pk: int) -> HttpResponse:
    """A grave act: the exact words, the schools, their number typed, by a second person."""
    by = request.membership
    found = the_campaign(pk, by)
    if found.state != "proposed":
        return redirect("prevention:campaign", pk)
    form = AgreeForm(bound(request))
    going = found.going
    return act_page(
        request,
        form,
        lambda: actions.agree_and_send(campaign=found, count=form.cleaned_data["count"], by=by),
        back=reverse("prevention:campaign", args=[pk]),
        title=_("Agree, and tell schools"),
        crumbs=crumbs((found.title, reverse("prevention:campaign", args=[pk])), (_("Agree"), "")),
        button=ngettext("Tell %(n)s school", "Tell %(n)s schools", going) % {"n": going},
        done=_("Sent. What cannot reach a school stands under “To be telephoned”."),
        template="prevention/agree.html",
        campaign=found,
        going=going,
        rows=queries.asked_of(found),
        page=PAGES[found.guidance],
    )


@desk(*SENDERS)
def give_back(request: DeskRequest, pk: int) -> HttpResponse:
    by = request.membership
    found = the_campaign(pk, by)
    if found.state != "proposed":
        return redirect("prevention:campaign", pk)
    form = WordsForm(bound(request), label=_("What should be changed"))
    return act_page(
        request,
        form,
        lambda: actions.give_back(campaign=found, words=form.cleaned_data["words"], by=by),
        back=reverse("prevention:campaign", args=[pk]),
        title=_("Give it back"),
        crumbs=crumbs((found.title, reverse("prevention:campaign", args=[pk])), (_("Give it back"), "")),
        button=_("Give it back"),
        done=_("It is a draft again."),
    )


@desk(*SENDERS)
@posted_from(_campaign_page)
def drop(request: DeskRequest, pk: int) -> HttpResponse:
    found = the_campaign(pk, request.membership)
    return do(
        request,
        lambda: actions.drop(campaign=found, by=request.membership),
        back=reverse("prevention:notices"),
        done=_("Dropped. Nothing was sent."),
    )


@desk(*SENDERS, Role.SAFEGUARDING_LEAD)
def notice(request: DeskRequest, reference: str) -> HttpResponse:
    """One school's notice, as its sender sees it; the school's lead is led to their own page of it."""
    by = request.membership
    if by.role == Role.SAFEGUARDING_LEAD:
        return redirect("prevention:message", reference)
    found = the_notice(reference, by)
    ledger.looked(by, found, reason="own agency")
    return _show_notice(request, found, CallForm(), WordsForm(label=_("Why it is taken back")))


def _show_notice(request: DeskRequest, found: SchoolNotice, call: CallForm, back: WordsForm, status: int = 200) -> HttpResponse:
    [arrival] = queries.arrivals([found])
    asked = getattr(found, "asked", None)
    context = {
        "notice": found,
        "arrival": arrival,
        "said": getattr(found, "acknowledgement", None),
        "calls": found.calls.select_related("by__person"),
        "links": found.letters.select_related("letter", "contact__membership__person"),
        "campaign": asked.campaign if asked and queries.campaigns(by=request.membership).filter(pk=asked.campaign_id).exists() else None,
        "page": PAGES[found.guidance],
        "call_form": call,
        "back_form": back,
        "failed": call if call.is_bound else back,
    }
    return render(request, "prevention/notice.html", context, status=status)


@desk(*SENDERS)
@posted_from(_notice_page)
def call(request: DeskRequest, reference: str) -> HttpResponse:
    by = request.membership
    found = the_notice(reference, by)
    form = CallForm(request.POST)
    if form.is_valid():
        try:
            actions.record_call(notice=found, by=by, **form.cleaned_data)
        except (actions.CallMissing, actions.NotADraft) as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("prevention:notice", reference)
    return _show_notice(request, found, form, WordsForm(label=_("Why it is taken back")), status=422)


@desk(*SENDERS)
@posted_from(_notice_page)
def withdraw(request: DeskRequest, reference: str) -> HttpResponse:
    by = request.membership
    found = the_notice(reference, by)
    form = WordsForm(request.POST, label=_("Why it is taken back"))
    if form.is_valid():
        try:
            actions.withdraw(notice=found, words=form.cleaned_data["words"], by=by)
        except (actions.OpenedAlready, actions.WordsMissing) as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("prevention:notice", reference)
    return _show_notice(request, found, CallForm(), form, status=422)


def _the_row(pk: int, by: Membership) -> AskedSchool:
    return get_object_or_404(queries.asked(by=by), pk=pk)
