"""What this person can do with this notice now, each act with its form, its words, and the action that it calls.

Nothing is allowed here: the actions refuse what cannot be. This only leaves out what would be refused.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import AgencyKind
from havenline.journey.takedown import actions
from havenline.journey.takedown.actions import checking, ending, keeping
from havenline.journey.takedown.errors import NotThatState
from havenline.journey.takedown.forms import (
    AnswerForm,
    ContestForm,
    ExtendForm,
    HoldForm,
    HowForm,
    NoForm,
    NoticeContactForm,
    PoliceForm,
    ReleaseForm,
    WordsForm,
)
from havenline.journey.takedown.models import Contact, LookUp, Notice
from havenline.journey.takedown.policies import DESK

State = Notice.State


@dataclass(frozen=True)
class Act:
    """`says`: what happens. `done`: what to say of it afterwards."""

    code: str
    title: Any
    button: Any
    says: Any = ""
    form: type[forms.Form] = WordsForm
    done: Any = ""  # empty: "Recorded."
    is_first: bool = False  # what the page is for, as it stands: it leads


def possible(notice: Notice, *, by: Membership) -> list[Act]:
    """In the order of the page; what it is for comes first. Nothing for whoever reads it by break-glass."""
    if not by.can_act_on(notice.record):
        return []
    if by.agency.kind == AgencyKind.POLICE:
        return _for_police(notice)
    if by.role not in DESK or by.agency_id != notice.record.agency_id:
        return []
    found = list(_for_desk(notice, by))
    return sorted(found, key=lambda act: not act.is_first)


def _for_police(notice: Notice) -> list[Act]:
    if notice.state != State.HELD:
        return []
    return [_release(), _extend()]


def _for_desk(notice: Notice, by: Membership) -> list[Act]:
    acts = []
    last = notice.look_ups.last()
    moved = last is not None and last.waits_for_a_person
    unsent = notice.state in (State.DRAFTED, State.BOUNCED)
    if notice.answers.filter(seen_by=None).exists():
        acts.append(_read())
    if not notice.is_open:
        return [*acts, _again(notice)] if ending.left_to_ask(notice) else acts
    if moved and last is not None and unsent:
        acts.append(_confirm(last))
    if unsent and keeping.may_leave(notice):
        acts.append(_send(notice, first=not moved))
    if unsent and _wants_a_contact(notice):
        acts.append(_contact(first=not _one_is_proposed(notice)))
    if notice.state == State.HELD:
        acts += [_release()] if by.supervises else []
        acts.append(_police(first=notice.police_id is None))
    if notice.state == State.CONTESTED and by.supervises:
        acts.append(_contest())
    if notice.has_left or notice.state in (State.LEAVING, State.BOUNCED):
        acts.append(_answer())
    if notice.has_left or notice.state == State.BOUNCED:
        acts.append(_removed(notice))
    if notice.has_left and checking.may_be_asked(notice):
        acts.append(_check())
    if notice.has_left and keeping.may_leave(notice):
        acts.append(_link())
    if notice.state == State.REFUSED:
        acts.append(_refusal())
    if unsent:
        acts.append(_hold())
    return [*acts, _withdraw()]


def carry_out(code: str, notice: Notice, said: dict[str, Any], by: Membership) -> Notice | None:
    """Do it. What it gives back may carry a problem that kept it. Raises the refusals of the actions."""
    words = said.get("words", "")

    def check() -> None:
        checking.check_now(notice=notice, by=by)

    def propose() -> None:
        typed = {name: said[name] for name in ("domain", "name", "email", "found_at")}
        actions.propose_for_notice(notice=notice, by=by, **typed)

    def answer() -> None:
        actions.note_answer(notice=notice, what=said["what"], words=words, submission=said["submission"], by=by)

    does: dict[str, Callable[[], Any]] = {
        "send": lambda: actions.send_notice(notice=notice, by=by),
        "link": lambda: actions.send_notice(notice=notice, by=by),
        "confirm": lambda: actions.confirm_look_up(look_up=_last_look_up(notice), by=by),
        "contact": propose,
        "hold": lambda: actions.hold_for_police(notice=notice, reason=words, police=said["police"], by=by),
        "police": lambda: actions.choose_police(notice=notice, police=said["police"], by=by),
        "release": lambda: actions.release_hold(notice=notice, reason=words, by=by),
        "extend": lambda: actions.extend_hold(notice=notice, until=said["until"], reason=words, by=by),
        "answer": answer,
        "read": lambda: actions.read_answers(notice=notice, by=by),
        "check": check,
        "removed": lambda: actions.record_removed(notice=notice, how=words, by=by),
        "refusal": lambda: actions.settle_refusal(notice=notice, reason=words, by=by),
        "contest": lambda: actions.settle_contest(notice=notice, upheld=said["upheld"] == "stands", reason=words, by=by),
        "withdraw": lambda: actions.withdraw(notice=notice, reason=words, by=by),
        "again": lambda: actions.notice_again(notice=notice, by=by),
    }
    done = does[code]()
    return done if isinstance(done, Notice) else None


def done_before(code: str, notice: Notice, *, by: Membership) -> Notice | None:
    """The same person did this already, as after a double click: the notice that came of it. None: it was not done, or by another."""
    last = notice.look_ups.last()
    did: dict[str, tuple[int | None, bool]] = {
        "send": (notice.sent_by_id, notice.state in (State.LEAVING, State.SENT)),
        "link": (notice.sent_by_id, notice.is_open and keeping.new_link_waits(notice)),
        "confirm": (last.confirmed_by_id if last else None, notice.is_open),
        "release": (notice.released_by_id, notice.state == State.DRAFTED),
        "removed": (notice.ended_by_id, notice.state == State.REMOVED),
        "refusal": (notice.ended_by_id, notice.state == State.REFUSED),
        "withdraw": (notice.ended_by_id, notice.state == State.WITHDRAWN),
    }
    who, is_so = did.get(code, (None, False))
    if who == by.pk and is_so:
        return notice
    return notice.repeated_by.filter(drafted_by=by, ended_at=None).first() if code == "again" else None


def _last_look_up(notice: Notice) -> LookUp:
    last = notice.look_ups.last()
    if last is None:
        raise NotThatState(_("It has not been looked up yet."))
    return last


def _wants_a_contact(notice: Notice) -> bool:
    used = Contact.objects.filter(host=notice.host, state=Contact.State.APPROVED, bounced_at=None)
    return notice.host is None or not used.exists()


def _send(notice: Notice, *, first: bool) -> Act:
    again = notice.state == State.BOUNCED
    return Act(
        "send",
        _("Send it again") if again else _("Send it"),
        _("Send again") if again else _("Send to the host"),
        _("The host is looked up once more just before it leaves. The letter names no case, no person and no address."),
        NoForm,
        _("It is leaving: it is sent once the mail server took it."),
        is_first=first and not _wants_a_contact(notice),
    )


def _confirm(last: LookUp) -> Act:
    says = _("It points to %(where)s now. Look at the item in the isolated viewer first.") % {"where": last.addresses.replace(",", ", ")}
    if not last.addresses:
        says = _("It answers nothing now. If what was graded is gone, withdraw the notice instead.")
    return Act(
        "confirm",
        _("Where the name points has changed"),
        _("It is the same host"),
        says,
        NoForm,
        _("Confirmed. It can be sent now."),
        is_first=True,
    )


def _one_is_proposed(notice: Notice) -> bool:
    """A contact waits for another person's approval: that comes before a further proposal."""
    return notice.host is not None and Contact.objects.filter(host=notice.host, state=Contact.State.PROPOSED).exists()


def _contact(*, first: bool) -> Act:
    return Act(
        "contact",
        _("Propose a contact") if first else _("Propose another contact"),
        _("Propose this contact"),
        _("It is used once another person of the hotline approved it."),
        NoticeContactForm,
        _("Proposed. Another person approves it under Hosts; then send the notice."),
        is_first=first,
    )


def _read() -> Act:
    return Act(
        "read",
        _("The host answered"),
        _("We have read it"),
        _("What it says is a claim, below. It counts as read once you say so."),
        NoForm,
        is_first=True,
    )


def _release() -> Act:
    return Act(
        "release",
        _("Release it"),
        _("Release: it may leave"),
        _("A person of the hotline then sends it. Your reason stands on the ledger."),
        ReleaseForm,
        _("Released. The hotline can send it now."),
        is_first=True,
    )


def _extend() -> Act:
    return Act(
        "extend",
        _("Keep it held"),
        _("Keep it held until then"),
        _("The clock begins anew. Four weeks ahead at most; then you are asked again."),
        ExtendForm,
        _("It stays held. The hotline sees until when, and why."),
    )


def _police(*, first: bool) -> Act:
    return Act(
        "police",
        _("Choose police"),
        _("Let them release it"),
        _("They become party to this notice, and see it from then on."),
        PoliceForm,
        _("They see it now, and can release it."),
        is_first=first,
    )


def _contest() -> Act:
    return Act(
        "contest", _("The host contests it"), _("Decide"), _("You decide, as senior analyst."), ContestForm, _("Decided."), is_first=True
    )


def _answer() -> Act:
    return Act(
        "answer",
        _("The host telephoned"),
        _("Note the answer"),
        _("A claim of the host’s, noted under your name."),
        AnswerForm,
        _("Noted."),
    )


def _removed(notice: Notice) -> Act:
    if notice.asks == Notice.Asks.PRESERVE:
        return Act("removed", _("It is preserved"), _("Record: preserved"), _("Ends the notice and its clocks."), HowForm, _("Recorded."))
    return Act(
        "removed",
        _("It is removed"),
        _("Record: removed"),
        _("You say so, not the host and not a check. Ends the notice and its clocks."),
        HowForm,
        _("Recorded: removed."),
    )


def _check() -> Act:
    return Act(
        "check",
        _("Ask whether it answers"),
        _("Check now"),
        _("Asks for the address by HEAD, never for a page. It tells only whether it is reachable from here."),
        NoForm,
        _("Checked: the answer stands with each item."),
    )


def _link() -> Act:
    return Act(
        "link",
        _("Send a new link"),
        _("Send a new link"),
        _("A new letter to the approved contact. Its clocks go on as they are."),
        NoForm,
        _("A new letter is leaving."),
    )


def _refusal() -> Act:
    return Act(
        "refusal",
        _("End it as refused"),
        _("End it as refused"),
        _("The host will not do it, and nothing more is asked of it here."),
        WordsForm,
        _("Ended as refused."),
    )


def _hold() -> Act:
    return Act(
        "hold",
        _("Hold it for police"),
        _("Hold it"),
        _("It then leaves only once police, or a senior analyst, released it."),
        HoldForm,
        _("Held."),
    )


def _withdraw() -> Act:
    return Act(
        "withdraw", _("Withdraw it"), _("Withdraw"), _("Ends it and its clocks; the host’s link ends too."), WordsForm, _("Withdrawn.")
    )


def _again(notice: Notice) -> Act:
    was_gone = notice.state == State.REMOVED and notice.asks == Notice.Asks.REMOVE
    return Act(
        "again",
        _("It is back") if was_gone else _("Ask again"),
        _("Draft a new notice"),
        _("For the same items. The same rules hold it for police, if they held this one."),
        NoForm,
        _("Drafted. This is the new notice."),
        is_first=True,
    )
