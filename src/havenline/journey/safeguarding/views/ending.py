"""A case ends, or goes to another area."""

from datetime import datetime

from django.http import HttpResponse
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.people.access import DeskRequest, desk
from havenline.foundation.people.roles import Role
from havenline.journey.safeguarding import actions
from havenline.journey.safeguarding.forms import ReasonForm, TransferForm
from havenline.journey.safeguarding.models import ChildCase
from havenline.journey.safeguarding.views.case import act, found


@desk(Role.SOCIAL_WORKER, Role.TEAM_MANAGER)
def close(request: DeskRequest, reference: str) -> HttpResponse:
    """End the case with its reason; refused while the guidance asks for more."""
    child_case = found(request, reference)
    form = ReasonForm(request.POST or None)
    left = actions.left_to_do(child_case)
    return act(
        request,
        child_case,
        form=form,
        do=lambda: actions.close(child_case=child_case, reason=form.cleaned_data["reason"], by=request.membership),
        title=_("End the case of %(child)s") % {"child": child_case.child.name},
        button=_("End the case"),
        done=_("The case is closed. What was late stays on it."),
        intro="" if left else _("It ends as: %(how)s.") % {"how": ChildCase.Ended(actions.ends_as(child_case)).label},
        points=(_("It can still be read. Nothing more is added to it."), _("A new referral opens a new case.")),
        more={"left": left},
        template="safeguarding/close.html",
    )


@desk(Role.SOCIAL_WORKER, Role.TEAM_MANAGER)
def transfer(request: DeskRequest, reference: str) -> HttpResponse:
    """Hand the case to the area that the child moves to."""
    child_case = found(request, reference)
    form = TransferForm(request.POST or None, by=request.membership, initial={"called_on": moment.today()})

    def do() -> None:
        on, at = form.cleaned_data["called_on"], form.cleaned_data["called_at"]
        actions.transfer(
            child_case=child_case,
            to=form.cleaned_data["to"],
            reason=form.cleaned_data["reason"],
            urgent=form.cleaned_data["urgent"],
            called_at=datetime.combine(on, at, tzinfo=moment.LONDON) if on and at else None,
            called_name=form.cleaned_data["called_name"],
            by=request.membership,
        )

    return act(
        request,
        child_case,
        form=form,
        do=do,
        title=_("Transfer to another area"),
        button=_("Send it to that area"),
        done=_("Sent. The case and its duties stay here until that area accepts it."),
        points=(
            _("They receive what is known of the child, what happened so far, and what is due."),
            _("Until they accept, every duty stays yours."),
        ),
    )
