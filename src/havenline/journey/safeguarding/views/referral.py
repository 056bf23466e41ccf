"""A referral is taken up, decided, signed off, answered."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.handover.models import HandOver
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.access import DeskRequest, desk
from havenline.foundation.people.models import Membership, NotPartyToRecord
from havenline.foundation.people.roles import Role
from havenline.foundation.records.actions import Silenced
from havenline.foundation.records.masking import sight_of
from havenline.foundation.records.queries import normal_reference
from havenline.journey.safeguarding import actions, path
from havenline.journey.safeguarding.forms import AnswerForm, DecideForm, PostedForm, SignOffForm, TakeUpForm, TellReferrerForm
from havenline.journey.safeguarding.models import ChildCase, ProposedDecision
from havenline.journey.safeguarding.queries import case_page, printing, same_child
from havenline.journey.safeguarding.queries import front_door as door
from havenline.journey.safeguarding.queries.reading import local_day_and_time
from havenline.journey.safeguarding.queries.referrer import is_read_by_somebody, referrer_of, told_by, told_together
from havenline.journey.safeguarding.views.case import REFUSALS, SOCIAL_CARE, act, found, to_case
from havenline.journey.safeguarding.views.pages import as_pdf


@desk(Role.SOCIAL_WORKER, Role.TEAM_MANAGER)
def take_up(request: DeskRequest, reference: str) -> HttpResponse:
    """Take a referral up. Where a child looks known, a person says which; otherwise the referral's own page posts here and is done."""
    visible = HandOver.objects.visible_to(request.membership).select_related("record", "from_agency", "to_agency", "sent_by__person")
    hand_over = visible.filter(record__reference=normal_reference(reference), purpose__in=actions.REFERRALS).first()
    if hand_over is None or hand_over.to_agency_id != request.membership.agency_id:
        raise Http404
    already = ChildCase.objects.visible_to(request.membership).filter(referral=hand_over).exclude(ended_as=ChildCase.Ended.RETURNED).first()
    if already is not None:
        return to_case(already)
    sight = sight_of(hand_over.record, by=request.membership)
    package = sight.of(hand_over.contents())
    ledger.looked(request.membership, hand_over, reason="to take it up", shown=sight.shown)
    told = package.get("child", {})
    alike = same_child.children_alike(told, by=request.membership)
    asked = "asked" in request.POST
    form = TakeUpForm(request.POST if asked or (not alike and request.method == "POST") else None, alike=alike, by=request.membership)
    if form.is_bound and form.is_valid():
        try:
            child_case = actions.take_up(hand_over=hand_over, by=request.membership, **form.chosen())
        except NotPartyToRecord as gone:
            raise Http404 from gone
        except (*REFUSALS, actions.ChildMayBeKnown) as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Taken up. The decision is due now."))
            return redirect("safeguarding:emergency", child_case.reference) if "emergency" in request.POST else to_case(child_case)
    context = {
        "hand_over": hand_over,
        "package": package,
        "told": told,
        "form": form,
        "alike": alike,
        "call": local_day_and_time(hand_over.called_at) if hand_over.called_at else "",
        "sent": local_day_and_time(hand_over.sent_at) if hand_over.sent_at else "",
        "sender": told_by(hand_over),
        "born": door.born_in_words(told),
        "around": [one for one in package.get("relationships") or [] if isinstance(one, dict)],
        **_known(hand_over, door.known(told, by=request.membership), request.membership),
    }
    return render(request, "safeguarding/take_up.html", context, status=422 if form.is_bound else 200)


def _known(hand_over: HandOver | None, known: list[door.Known], by: Membership) -> dict[str, Any]:
    """What both pages before the decision show: who is on duty, what is known here, and what other areas said."""
    return {
        "known": known,
        "duty": door.on_duty(by.agency),
        "asked": door.asked(hand_over, by=by) if hand_over else [],
        "areas": door.areas_to_ask(hand_over, by=by) if hand_over else [],
        "referral": hand_over,
    }


@desk(Role.SOCIAL_WORKER, Role.TEAM_MANAGER)
def decide(request: DeskRequest, reference: str) -> HttpResponse:
    """Decide on the referral, and answer it in the same form."""
    child_case = found(request, reference)
    by, referral = request.membership, child_case.referral
    from_outside = child_case.referral_from_outside is not None
    initial = {"seen": child_case.events.count()}
    form = DecideForm(request.POST or None, may_answer=not from_outside, began_earlier=path.began_earlier(child_case), initial=initial)

    def do() -> None:
        said = actions.decide(
            child_case=child_case,
            outcome=form.cleaned_data["outcome"],
            reason=form.cleaned_data["reason"],
            answer=form.cleaned_data.get("answer", ""),
            decided_on=form.cleaned_data.get("decided_on"),
            by=by,
            seen=form.cleaned_data["seen"],
        )
        if isinstance(said, ProposedDecision):
            messages.info(request, _("A manager signs it off: until then it is not made."))

    return act(
        request,
        child_case,
        form=form,
        do=do,
        title=_("Decide on the referral"),
        button=_("Save the decision"),
        done=_("Saved."),
        intro=child_case.referral.contents().get("concern", "") if child_case.referral else "",
        points=(
            _("The decision has one working day from the receipt. So has the answer to whoever referred."),
            _("Whoever referred has no account here: once it is decided, record how they were told. Until then the clock runs.")
            if from_outside
            else _("They are two acts under one clock: you can write the answer here, or send it on its own."),
        ),
        shown=case_page.fields(child_case, by=by),
        more=_known(referral, door.known_of(child_case, by=by), by) | {"sender": referrer_of(child_case)},
        template="safeguarding/decide.html",
    )


@desk(Role.TEAM_MANAGER)
def sign_off(request: DeskRequest, reference: str) -> HttpResponse:
    """A manager signs a proposed decision off, or gives it back."""
    child_case = found(request, reference)
    proposal = child_case.proposals.filter(settled_at=None).select_related("by__person").first()
    if proposal is None:
        messages.info(request, _("Nothing waits for a sign-off here: somebody settled it."))
        return to_case(child_case)
    form = SignOffForm(request.POST or None)
    step = path.title_of(path.DECISION, moment.today())
    outcome = path.outcome_title(path.DECISION, proposal.outcome, moment.today())
    return act(
        request,
        child_case,
        form=form,
        do=lambda: actions.sign_off(
            proposal=proposal, agree=form.cleaned_data["agree"] == "yes", words=form.cleaned_data["words"], by=request.membership
        ),
        title=_("Sign off: %(step)s") % {"step": step},
        button=_("Save"),
        done=_("Saved."),
        intro=_("%(who)s proposes: %(outcome)s. “%(reason)s”")
        % {"who": proposal.by.short_name, "outcome": outcome, "reason": proposal.words},
        points=(_("The answer that goes with it: “%(answer)s”") % {"answer": proposal.answer_words},) if proposal.answer_words else (),
    )


@desk(*SOCIAL_CARE)
def answer(request: DeskRequest, reference: str) -> HttpResponse:
    """Tell the referrer the decision: where they read it here, or by word or letter where they have no account."""
    child_case = found(request, reference)
    if (referral := child_case.referral_from_outside) is not None:
        return _tell(request, child_case, referral)
    form = AnswerForm(request.POST or None)
    agency = child_case.referrer.name
    points = [_("The decision itself goes with it: write what happens next, and who can be asked.")]
    if child_case.referral and not is_read_by_somebody(child_case.referral):
        nobody = _("Nobody acts for %(agency)s here now, so nobody would read it yet. Telephone them as well, and note it on the case.")
        points.append(nobody % {"agency": agency})
    return act(
        request,
        child_case,
        form=form,
        do=lambda: actions.answer_referrer(child_case=child_case, words=form.cleaned_data["words"], by=request.membership),
        title=_("Tell %(agency)s your decision") % {"agency": agency},
        button=_("Send the answer"),
        done=_("%(agency)s has your answer.") % {"agency": agency},
        points=points,
    )


def _tell(request: DeskRequest, child_case: ChildCase, referral: HandOver) -> HttpResponse:
    by = request.membership
    letter = child_case.referrer_told.filter(set_aside_at=None, told_at=None).first()
    is_posted = "posted_on" in request.POST
    together = told_together(child_case, by=by)
    form: TellReferrerForm | PostedForm
    form = PostedForm(request.POST) if is_posted else TellReferrerForm(request.POST or None, together=together)
    told = told_by(referral)

    def do() -> None:
        if isinstance(form, PostedForm):
            actions.letter_posted(child_case=child_case, by=by, posted_at=form.when())
            return
        row = actions.tell_referrer(
            child_case=child_case,
            how=form.cleaned_data["how"],
            whom=form.cleaned_data["whom"],
            words=form.cleaned_data["words"],
            told_at=form.when(),
            also=[one for one in together if str(one.pk) in form.cleaned_data.get("also", [])],
            by=by,
        )
        if row.told_at is None:
            messages.info(request, _("The letter waits: print it, post it, and record that it was posted. Until then the clock runs."))

    sight = sight_of(referral.record, by=by)
    reporter = sight.of({"reporter": referral.contents().get("reporter") or {}})["reporter"]
    return act(
        request,
        child_case,
        form=form,
        do=do,
        title=_("Tell whoever referred"),
        button=_("Record that it was posted") if is_posted else _("Record it"),
        done=_("Saved."),
        intro=_("Whoever referred has no account here and reads nothing here: %(who)s, %(how)s.") % {"who": told.name, "how": told.how},
        points=(
            _("A telephone call or a talk is recorded with the day, the hour, and who was told."),
            _("A letter counts once it is posted. Until somebody is told, the clock of the answer runs."),
        ),
        shown=sight.shown,
        more={
            "letter": letter,
            "whom": sight.of({"reporter": letter.whom})["reporter"] if letter else "",
            "posted_form": form if is_posted else PostedForm(),
            "reporter": {key: said for key, said in reporter.items() if said},
            "silences": case_page.silences(child_case),
        },
        template="safeguarding/tell_referrer.html",
    )


@desk(Role.SOCIAL_WORKER, Role.TEAM_MANAGER)
def letter(request: DeskRequest, reference: str) -> HttpResponse:
    """The letter to whoever referred, to be printed and posted. A silence keeps it from being made."""
    child_case = found(request, reference)
    waits = child_case.referrer_told.filter(set_aside_at=None, how="letter").first()
    if waits is None:
        raise Http404
    try:
        actions.must_not_be_silent(child_case)
    except Silenced as refusal:
        messages.error(request, str(refusal))
        return redirect("safeguarding:answer", child_case.reference)
    return as_pdf(request, child_case, title=_("Your referral"), blocks=printing.of_letter(child_case, waits))
