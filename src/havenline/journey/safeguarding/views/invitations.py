"""Who is invited to a meeting that is booked: invited, answered, came; a letter for whoever has no account."""

from collections.abc import Callable

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.people.access import DeskRequest, desk
from havenline.foundation.records import pdf
from havenline.foundation.sharing.queries import reads_by_break_glass
from havenline.journey.safeguarding import actions, path
from havenline.journey.safeguarding.forms import InviteForm
from havenline.journey.safeguarding.models import Booking, ChildCase, Invitation
from havenline.journey.safeguarding.queries import invitations as invited
from havenline.journey.safeguarding.queries.case_page import silences
from havenline.journey.safeguarding.queries.reading import day_and_time
from havenline.journey.safeguarding.views.case import SOCIAL_CARE, act, found, tried


@desk(*SOCIAL_CARE)
def invitations(request: DeskRequest, reference: str, booking: int) -> HttpResponse:
    """Invite, and what came of it. Each small act is a form of its own; a refusal is said on the page."""
    child_case = found(request, reference)
    meeting = _meeting(child_case, booking)
    here = redirect("safeguarding:invitations", child_case.reference, meeting.pk)
    form = InviteForm(request.POST if "agency" in request.POST else None, by=request.membership)
    if request.method == "POST" and not form.is_bound:
        tried(request, _small_act(request, child_case, meeting), done=_("Saved."))
        return here
    rows = invited.of_booking(child_case, meeting)
    answer = act(
        request,
        child_case,
        form=form,
        do=lambda: actions.invite(booking=meeting, by=request.membership, **form.chosen()),
        title=_("Invitations: %(meeting)s") % {"meeting": path.title_of(meeting.step, moment.today())},
        button=_("Invite"),
        done=_("Invited."),
        intro=day_and_time(meeting.booked_for, meeting.booked_at),
        points=(
            _("An agency with an account gets a letter that says only that something waits; it reads and answers behind its sign-in."),
            _("Anybody else gets a printed letter with day and place: it names no child, no case and no purpose."),
            _("Who was invited stands in the conference’s paper when it is begun; there it says who came."),
        ),
        more={
            "rows": rows,
            "meeting": meeting,
            "moved": [one for one in rows if one.elsewhere],
            "has_been": meeting.booked_for <= moment.today(),
            "may_invite": meeting.ended_at is None and child_case.record.closed_at is None,
            "silences": silences(child_case),
        },
        template="safeguarding/invitations.html",
    )
    return here if answer.status_code == 302 else answer


def _meeting(child_case: ChildCase, pk: int) -> Booking:
    meeting: Booking | None = child_case.bookings.filter(pk=pk).first()
    if meeting is None:
        raise Http404
    return meeting


def _one(child_case: ChildCase, pk: str) -> Invitation:
    row = next((one for one in invited.of_case(child_case) if str(one.pk) == pk), None)
    if row is None:
        raise Http404
    return row


def _small_act(request: DeskRequest, child_case: ChildCase, meeting: Booking) -> Callable[[], object]:
    """What one of the page's small forms asks for. Raises Http404 for none of them."""
    by, said = request.membership, request.POST
    words = said.get("words", "")
    acts: dict[str, Callable[[Invitation], object]] = {
        "coming": lambda row: actions.note_the_reply(invitation=row, answer="coming", words=words, by=by),
        "not_coming": lambda row: actions.note_the_reply(invitation=row, answer="not_coming", words=words, by=by),
        "came": lambda row: actions.note_who_came(invitation=row, came=True, by=by),
        "did_not_come": lambda row: actions.note_who_came(invitation=row, came=False, by=by),
        "call_off": lambda row: actions.call_off(invitation=row, words=words, by=by),
        "again": lambda row: actions.invite_again(invitation=row, booking=meeting, by=by),
    }
    do = acts.get(said.get("do", ""))
    if do is None:
        raise Http404
    row = _one(child_case, said.get("which", ""))
    return lambda: do(row)


@desk(*SOCIAL_CARE)
def invitation_letter(request: DeskRequest, reference: str, invitation: int) -> HttpResponse:
    """The printed letter. A GET shows nothing that the page before did not; that it was printed is on the ledger."""
    child_case = found(request, reference)
    row = _one(child_case, str(invitation))
    if row.hand_over_id is not None or reads_by_break_glass(child_case.record, by=request.membership):
        raise Http404
    if request.method != "POST":
        return redirect("safeguarding:invitations", child_case.reference, row.booking_id)
    if not tried(request, lambda: actions.print_letter(invitation=row, by=request.membership)):
        return redirect("safeguarding:invitations", child_case.reference, row.booking_id)
    agency = child_case.record.agency.name
    made = pdf.write(
        title=_("Invitation"),
        reference=" ",
        agency=agency,
        printed="",
        day=moment.today(),
        blocks=invited.letter(row, by=request.membership),
    )
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = 'inline; filename="letter.pdf"'
    return answer
