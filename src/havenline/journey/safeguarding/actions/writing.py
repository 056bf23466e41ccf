"""Papers are written, brought together, finished and signed off. What was typed is never lost: whatever meets it, a version holds it."""

import json
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import Role
from havenline.foundation.sealing import actions as sealing
from havenline.journey.safeguarding import papers, path
from havenline.journey.safeguarding.actions.child import put_seen_right, record_seen, take_seen_back
from havenline.journey.safeguarding.actions.findable import make_case_findable
from havenline.journey.safeguarding.actions.refusals import (
    AnotherPersonSignsOff,
    ChangedMeanwhile,
    PaperFinished,
    PaperNotWhole,
    ReasonMissing,
)
from havenline.journey.safeguarding.actions.steps import locked, took_place
from havenline.journey.safeguarding.models import CaseNote, ChildCase, Paper, PaperVersion
from havenline.journey.safeguarding.queries import invitations

WRITERS = (Role.SOCIAL_WORKER, Role.TEAM_MANAGER, Role.CONFERENCE_CHAIR)
HELD_ON = {path.VISIT: "on", path.CORE_GROUP: "held_on"}  # where a paper says the day of what can be booked ahead
LARGEST = 400_000  # characters of a paper


@dataclass(frozen=True)
class Saved:
    """The version that now stands. `brought_together`: titles of fields that somebody else changed meanwhile and that were kept as well;
    `clash`: by field, what they wrote and what was sent, where both changed the same: then `aside` holds what was sent."""

    version: PaperVersion
    brought_together: list[str] = field(default_factory=list)
    clash: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    aside: PaperVersion | None = None


@transaction.atomic
def begin_paper(*, child_case: ChildCase, code: str, by: Membership) -> Paper:
    """Begin a paper of this form; one that is still being written is given back instead. Raises papers.NoSuchPaper, CaseClosed."""
    by.must_be(*WRITERS)
    child_case = locked(child_case, by=by)
    form = papers.form(code)
    there = child_case.papers.filter(code=code)
    being_written = there.exclude(state=Paper.State.FINISHED).last()
    if being_written is not None:
        return being_written
    if there.exists() and not form.many:
        raise PaperFinished(_("This paper is finished. Reopen it to change it."))
    paper = Paper.objects.create(child_case=child_case, code=code, number=there.count() + 1, begun_at=moment.now(), begun_by=by)
    _store(paper, _begun_with(child_case, form), by=by)
    ledger.record(by, "began a paper", paper, reason=code)
    return paper


def _begun_with(child_case: ChildCase, form: papers.Form) -> dict[str, Any]:
    """Of a meeting's paper: who was invited, and whether they came. Nobody types them twice."""
    who = next((one for one in form.fields if one.kind == "people"), None)
    invited = invitations.to_prefill(child_case, form.step) if who is not None and form.step else []
    return {who.name: invited} if who is not None and invited else {}


@transaction.atomic
@sealing.kept_open()
def save_paper(*, paper: Paper, content: dict[str, Any], base: int, by: Membership, by_itself: bool = False) -> Saved:
    """Keep what stands in a paper. `base`: the version that the person's page began with; `by_itself`: while they type.

    What somebody else changed meanwhile in other fields stays beside it. Where both changed the same field, theirs stands, and what was
    sent is kept aside, to be looked at side by side. Raises PaperFinished, PaperNotWhole (too large), CaseClosed.
    """
    by.must_be(*WRITERS)
    paper = _locked(paper, by=by)
    _must_be_open(paper)
    content = {one.name: content[one.name] for one in paper.form.fields if not one.is_empty(content.get(one.name))}
    if len(json.dumps(content, ensure_ascii=False)) > LARGEST:
        raise PaperNotWhole(_("This is longer than a paper can be: shorten it, or put part of it into a note."))
    now = _standing(paper)
    theirs = now.content()
    begun_with = now if base == now.number else paper.versions.filter(number=base, aside=False).first()
    began = begun_with.content() if begun_with is not None else None  # of a page that stood open until its version was thinned out
    changed = [one for one in paper.form.fields if began is None or content.get(one.name) != began.get(one.name)]
    clash = {
        one.name: (theirs.get(one.name), content.get(one.name))
        for one in changed
        if theirs.get(one.name) != content.get(one.name) and (began is None or theirs.get(one.name) != began.get(one.name))
    }
    if clash:
        aside = _store(paper, content, by=by, by_itself=by_itself, aside=True)
        return Saved(now, clash=clash, aside=aside)
    whole = {**theirs, **{one.name: content.get(one.name) for one in changed}}
    whole = {name: said for name, said in whole.items() if said not in (None, "", [])}
    if whole == theirs:
        return Saved(now)
    together = [one.title for one in paper.form.fields if began is not None and theirs.get(one.name) != began.get(one.name)]
    return Saved(_store(paper, whole, by=by, by_itself=by_itself), brought_together=together)


def _standing(paper: Paper) -> PaperVersion:
    found = paper.versions.filter(aside=False).last()
    assert found is not None  # noqa: S101  (a paper begins with one)
    return found


def _store(paper: Paper, content: dict[str, Any], *, by: Membership, by_itself: bool = False, aside: bool = False) -> PaperVersion:
    """A version more: others may have begun from any, so none is ever changed. What one person types within a minute is one entry."""
    before = paper.versions.order_by("number").last()
    version = PaperVersion.objects.create(
        paper=paper,
        number=before.number + 1 if before else 1,
        sealed=paper.ledger_seal().seal("paper", json.dumps(content, ensure_ascii=False)),
        by=by,
        saved_at=moment.now(),
        by_itself=by_itself,
        aside=aside,
    )
    if before is not None and not version.goes_on_from(before):
        ledger.record(by, "saved a paper", paper, changed={"version": version.number, "digest of": content})
    if not aside:
        make_case_findable(paper.child_case)
    return version


def _thin_out(paper: Paper) -> None:
    """Of what one person typed within a minute the last version stays."""
    rows = list(paper.versions.order_by("number"))
    passed = [one.pk for one, after in pairwise(rows) if after.goes_on_from(one)]
    paper.versions.filter(pk__in=passed).delete()


@transaction.atomic
def restore_version(*, paper: Paper, version: PaperVersion, by: Membership) -> PaperVersion:
    """Go back to an earlier version, or to one that was kept aside: as a new version, so that this can be undone alike."""
    by.must_be(*WRITERS)
    paper = _locked(paper, by=by)
    _must_be_open(paper)
    if version.paper_id != paper.pk:
        raise ChangedMeanwhile(_("This version belongs to another paper."))
    last = _standing(paper)
    if last.content() == version.content():
        return last
    return _store(paper, version.content(), by=by)


@transaction.atomic
@sealing.kept_open()
def finish_paper(*, paper: Paper, by: Membership, seen: int) -> Paper:
    """It is whole; where its form asks for it, another person signs it off. `seen`: the version that the person read.

    Raises PaperNotWhole (says what is missing), ChangedMeanwhile, PaperFinished, CaseClosed.
    """
    by.must_be(*WRITERS)
    paper = _locked(paper, by=by)
    last = _standing(paper)
    if paper.state != Paper.State.OPEN:
        return paper
    if last.number != seen:
        raise ChangedMeanwhile(_("%(who)s saved this paper after you opened it. Look at it again.") % {"who": last.by.short_name})
    if missing := paper.form.missing(last.content()):
        raise PaperNotWhole(_("Before it is finished, say: %(what)s.") % {"what": "; ".join(missing.values())}, missing)
    again = paper.finished_at is not None
    paper.state = Paper.State.WAITS if paper.form.signed_by else Paper.State.FINISHED
    paper.finished_at, paper.finished_by, paper.given_back_sealed = moment.now(), by, None
    paper.save(update_fields=["state", "finished_at", "finished_by", "given_back_sealed"])
    _note_that_the_child_was_seen(paper, last.content(), again=again, by=by)
    if held_on := last.content().get(HELD_ON.get(paper.code, "")):
        took_place(paper.child_case, paper.code, date.fromisoformat(held_on))
    _thin_out(paper)
    ledger.record(by, "finished a paper", paper, changed={"version": last.number, "content": last.content()}, reason=paper.code)
    return paper


def _note_that_the_child_was_seen(paper: Paper, said: dict[str, Any], *, again: bool, by: Membership) -> None:
    """A finished visit at which the child was seen says so on the case as well: nobody records it twice.

    `again`: it was finished before; the note that it made then is put right, since one visit counts once, or taken back where it says now
    that the child was not seen.
    """
    if paper.code != "visit":
        return
    made = _note_that_it_made(paper) if again else None
    seen = _as_seen(said)
    if seen is None:
        if made is not None and not _another_visit_says_so(paper, made):
            take_seen_back(note=made, by=by)
        return
    day, view = date.fromisoformat(seen[0]), seen[1]
    if made is not None:
        put_seen_right(note=made, happened_on=day, view=view, by=by)
    else:
        record_seen(child_case=paper.child_case, happened_on=day, view=view, by=by)


def _note_that_it_made(paper: Paper) -> CaseNote | None:
    before = [_as_seen(version.content()) for version in paper.versions.filter(aside=False)]
    notes = paper.child_case.notes.filter(kind=CaseNote.Kind.CHILD_SEEN)
    return next((note for note in notes if (note.happened_on.isoformat(), note.words) in before), None)


def _another_visit_says_so(paper: Paper, note: CaseNote) -> bool:
    """Two visits of a day with the same words of the child are one note."""
    others = paper.child_case.papers.filter(code=paper.code).exclude(pk=paper.pk).exclude(state=Paper.State.OPEN)
    return any(_as_seen(_standing(one).content()) == (note.happened_on.isoformat(), note.words) for one in others)


def _as_seen(said: dict[str, Any]) -> tuple[str, str] | None:
    """The day of a visit and the child's words, as the note on the case holds them; None where the child was not seen."""
    if said.get("child_seen") != "yes" or not said.get("on"):
        return None
    return str(said["on"]), str(said.get("child_said", ""))[:8000]


@transaction.atomic
def sign_paper(*, paper: Paper, agree: bool, by: Membership, words: str = "") -> Paper:
    """A manager signs a finished paper off, or gives it back with words: then it is written on.

    Raises AnotherPersonSignsOff, ReasonMissing, NotYourRole, CaseClosed.
    """
    paper = _locked(paper, by=by)
    by.must_be(*(Role(role) for role in paper.form.signed_by))
    if paper.state != Paper.State.WAITS:
        return paper
    if paper.finished_by is not None and paper.finished_by.person_id == by.person_id:
        raise AnotherPersonSignsOff(_("Another person signs it off than the one who finished it."))
    if agree:
        paper.state, paper.signed_at, paper.signed_by = Paper.State.FINISHED, moment.now(), by
        paper.save(update_fields=["state", "signed_at", "signed_by"])
        ledger.record(by, "signed a paper off", paper, reason=paper.code)
        return paper
    if not words.strip():
        raise ReasonMissing(_("Say what is missing, so that it can be written on."))
    paper.state, paper.given_back_sealed = Paper.State.OPEN, paper.ledger_seal().seal("given back", words.strip())
    paper.save(update_fields=["state", "given_back_sealed"])
    ledger.record(by, "gave a paper back", paper, reason=paper.code, words=words)
    return paper


@transaction.atomic
def reopen_paper(*, paper: Paper, reason: str, by: Membership) -> Paper:
    """What was finished is put right: its versions stay, and it is finished and signed off again. Raises ReasonMissing, CaseClosed."""
    by.must_be(*WRITERS)
    paper = _locked(paper, by=by)
    if paper.state == Paper.State.OPEN:
        return paper
    if not reason.strip():
        raise ReasonMissing(_("Say why it is changed after it was finished."))
    paper.state, paper.signed_at, paper.signed_by = Paper.State.OPEN, None, None
    paper.save(update_fields=["state", "signed_at", "signed_by"])
    ledger.record(by, "reopened a paper", paper, reason=paper.code, words=reason)
    return paper


def _locked(paper: Paper, *, by: Membership) -> Paper:
    locked(paper.child_case, by=by)
    found: Paper = Paper.objects.select_for_update(of=("self",)).select_related("child_case__record", "finished_by").get(pk=paper.pk)
    return found


def _must_be_open(paper: Paper) -> None:
    if paper.state != Paper.State.OPEN:
        raise PaperFinished(_("This paper is finished. Reopen it to change it."))
