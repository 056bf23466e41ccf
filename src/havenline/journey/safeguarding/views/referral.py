"""A referral is taken up, decided, signed off, answered."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.handover.models import HandOver
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.access import DeskRequest, desk
from havenline.foundation.people.models import NotPartyToRecord
from havenline.foundation.people.roles import Role
from havenline.foundation.records.masking import sight_of
from havenline.foundation.records.queries import normal_reference
from havenline.journey.safeguarding import actions, path
from havenline.journey.safeguarding.forms import AnswerForm, DecideForm, SignOffForm, TakeUpForm
from havenline.journey.safeguarding.models import ChildCase, ProposedDecision
from havenline.journey.safeguarding.queries import same_child
from havenline.journey.safeguarding.queries.reading import local_day_and_time
from havenline.journey.safeguarding.views.case import REFUSALS, SOCIAL_CARE, act, found, to_case


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
            return to_case(child_case)
    context = {
        "hand_over": hand_over,
        "package": package,
        "told": told,
        "form": form,
        "alike": alike,
        "call": local_day_and_time(hand_over.called_at) if hand_over.called_at else "",
        "sent": local_day_and_time(hand_over.sent_at) if hand_over.sent_at else "",
    }
    return render(request, "safeguarding/take_up.html", context, status=422 if form.is_bound else 200)


@desk(Role.SOCIAL_WORKER, Role.TEAM_MANAGER)
def decide(request: DeskRequest, reference: str) -> HttpResponse:
    """Decide on the referral, and answer it in the same form."""
    child_case = found(request, reference)
    initial = {"seen": child_case.events.count()}
    form = DecideForm(request.POST or None, began_earlier=path.began_earlier(child_case), initial=initial)

    def do() -> None:
        said = actions.decide(
            child_case=child_case,
            outcome=form.cleaned_data["outcome"],
            reason=form.cleaned_data["reason"],
            answer=form.cleaned_data["answer"],
            decided_on=form.cleaned_data.get("decided_on"),
            by=request.membership,
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
        intro=child_case.referral.contents().get("concern", ""),
        points=(
            _("The decision has one working day from the receipt. So has the answer to whoever referred."),
            _("They are two acts under one clock: you can write the answer here, or send it on its own."),
        ),
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
    """Tell the referrer the decision."""
    child_case = found(request, reference)
    form = AnswerForm(request.POST or None)
    agency = child_case.referral.from_agency.name
    return act(
        request,
        child_case,
        form=form,
        do=lambda: actions.answer_referrer(child_case=child_case, words=form.cleaned_data["words"], by=request.membership),
        title=_("Tell %(agency)s your decision") % {"agency": agency},
        button=_("Send the answer"),
        done=_("%(agency)s has your answer.") % {"agency": agency},
        points=(_("The decision itself goes with it: write what happens next, and who can be asked."),),
    )
