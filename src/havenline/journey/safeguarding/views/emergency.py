"""Emergency action: one page, one press; and whoever was told says that they have it."""

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from havenline.foundation import moment
from havenline.foundation.people.access import DeskRequest, desk
from havenline.foundation.people.roles import Role
from havenline.journey.safeguarding import actions
from havenline.journey.safeguarding.forms import EmergencyForm
from havenline.journey.safeguarding.models import ChildCase
from havenline.journey.safeguarding.queries import partners
from havenline.journey.safeguarding.views.case import SOCIAL_CARE, act, found, to_case, tried


@desk(Role.SOCIAL_WORKER, Role.TEAM_MANAGER)
def emergency(request: DeskRequest, reference: str) -> HttpResponse:
    child_case = found(request, reference)
    now = moment.now().astimezone(moment.LONDON)
    initial = {"seen": child_case.events.count(), "happened_on": now.date(), "happened_at": now.time().replace(second=0, microsecond=0)}
    form = EmergencyForm(request.POST or None, initial=initial)
    told = [
        f"{person.short_name}, {person.agency.name}" if person.agency_id != request.membership.agency_id else person.short_name
        for person, _why in actions.to_tell(child_case, besides=request.membership)
    ]
    return act(
        request,
        child_case,
        form=form,
        do=lambda: actions.act_in_emergency(child_case=child_case, by=request.membership, **form.cleaned_data),
        title=_("Emergency action"),
        button=_("Record it and tell them now"),
        done=_("Recorded. Its clock runs, and who was told stands at the head of the case."),
        intro=_("If the child is in danger now, telephone first. Then record here what was done."),
        points=(
            _("Told at once, by a letter that says only that something waits: %(who)s.") % {"who": ", ".join(told)}
            if told
            else _("There is nobody in this area to tell besides you: telephone your manager, and name one on the case."),
            *_partners(child_case),
            _("Police protection runs out after 72 hours; an order after 8 days, which a court can extend once by 7."),
            _("The household is told nothing from here. Whoever must not learn of the case is named on it."),
        ),
        grave=True,
    )


def _partners(child_case: ChildCase) -> list[str]:
    """Which other agencies are asked by it, which have to be telephoned, and which must not learn of it."""
    others = partners.of_case(child_case)
    said = {
        _("Asked at once to act with us, behind their sign-in: %(who)s."): [one.name for one in others if one.agency and not one.is_silent],
        _("Telephone yourself, since nobody of them signs in here: %(who)s."): [
            one.to_telephone for one in others if not one.agency and not one.is_silent
        ],
        _("Not asked, since a silence stands on the case: %(who)s."): [one.name for one in others if one.is_silent],
    }
    return [words % {"who": "; ".join(who)} for words, who in said.items() if who]


@desk(*SOCIAL_CARE)
@require_POST
def i_have_it(request: DeskRequest, reference: str, told: int) -> HttpResponse:
    child_case = found(request, reference)
    row = child_case.told_at_once.filter(pk=told, person=request.membership).first()
    if row is None:
        raise Http404
    tried(request, lambda: actions.say_i_have_it(told=row, by=request.membership), done=_("Recorded: you have it."))
    return to_case(child_case)
