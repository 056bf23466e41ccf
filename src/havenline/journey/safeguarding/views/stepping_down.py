"""The help that goes on after protection; and a case that began before it was entered here."""

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from havenline.foundation import moment
from havenline.foundation.people.access import DeskRequest, desk
from havenline.foundation.people.roles import Role
from havenline.journey.safeguarding import actions
from havenline.journey.safeguarding.forms import BeganForm, HelpBeganForm, StepDownForm
from havenline.journey.safeguarding.models import ChildCase, StepDown
from havenline.journey.safeguarding.views.case import act, found, to_case, tried


def _standing(child_case: ChildCase) -> StepDown | None:
    row: StepDown | None = child_case.steps_down.filter(ended_at=None).select_related("holder__person").first()
    return row


def _nothing_stands(request: DeskRequest, child_case: ChildCase) -> HttpResponse:
    messages.info(request, _("No help is said to go on: somebody took it back, or nobody said it yet."))
    return to_case(child_case)


@desk(Role.SOCIAL_WORKER, Role.TEAM_MANAGER)
def step_down(request: DeskRequest, reference: str) -> HttpResponse:
    """Which help goes on, who holds it, and its first day."""
    child_case = found(request, reference)
    standing = _standing(child_case)
    initial = {field: getattr(standing, field) for field in ("to", "holder", "first_on", "begun_on", "words")} if standing else {}
    form = StepDownForm(request.POST or None, by=request.membership, initial=initial)
    return act(
        request,
        child_case,
        form=form,
        do=lambda: actions.step_down(child_case=child_case, by=request.membership, **form.cleaned_data),
        title=_("The help that goes on"),
        button=_("Save"),
        done=_("Saved. The case stays open until that help has begun."),
        points=(
            _("A plan that ends leaves no child without help that they still need: say which, who holds it, and when it begins."),
            _("Until its first day was kept the case stays open here, with a clock that is the holder’s."),
        ),
    )


@desk(Role.SOCIAL_WORKER, Role.TEAM_MANAGER)
@require_POST
def take_back_step_down(request: DeskRequest, reference: str) -> HttpResponse:
    child_case = found(request, reference)
    standing = _standing(child_case)
    if standing is None:
        return _nothing_stands(request, child_case)
    tried(request, lambda: actions.take_back_step_down(row=standing, by=request.membership), done=_("Taken back."))
    return to_case(child_case)


@desk(Role.SOCIAL_WORKER, Role.TEAM_MANAGER)
def help_began(request: DeskRequest, reference: str) -> HttpResponse:
    """The first visit or meeting of the help that goes on."""
    child_case = found(request, reference)
    standing = _standing(child_case)
    if standing is None:
        return _nothing_stands(request, child_case)
    form = HelpBeganForm(request.POST or None, initial={"on": moment.today()})
    return act(
        request,
        child_case,
        form=form,
        do=lambda: actions.help_began(row=standing, on=form.cleaned_data["on"], by=request.membership),
        title=_("The help has begun"),
        button=_("Record it"),
        done=_("Recorded: that help has begun."),
        intro=f"{standing.get_to_display()}. {standing.words}",
    )


@desk(Role.SOCIAL_WORKER, Role.TEAM_MANAGER)
def began_earlier(request: DeskRequest, reference: str) -> HttpResponse:
    """The true first day of a case that was kept elsewhere until now."""
    child_case = found(request, reference)
    form = BeganForm(request.POST or None, initial={"began_on": child_case.started_on})
    return act(
        request,
        child_case,
        form=form,
        do=lambda: actions.began_earlier(child_case=child_case, by=request.membership, **form.cleaned_data),
        title=_("This case began earlier"),
        button=_("Save the day"),
        done=_("Saved. Record now what happened since, each step on its own day."),
        intro=_("For a case that was kept on paper or in another system: its steps and clocks follow the edition of their own days."),
        points=(
            _("The day on which it came here stays beside it: both can be read, and the ledger holds both."),
            _("A clock that ran out then is shown as late, or as kept, by what is recorded."),
        ),
    )
