"""The child, the household, who was seen, told and invited, and who works on the case."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from django.db.models import Model
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.people.access import DeskRequest, desk
from havenline.journey.safeguarding import actions, path, queries
from havenline.journey.safeguarding.forms import ChildForm, NoteForm, NumberForm, PeopleForm, RelationshipForm, SeenForm, TellForm
from havenline.journey.safeguarding.models import ChildCase
from havenline.journey.safeguarding.queries import around, case_page, same_child
from havenline.journey.safeguarding.views.case import SOCIAL_CARE, act, found, tried

Row = TypeVar("Row", bound=Model)


@desk(*SOCIAL_CARE)
def change_child(request: DeskRequest, reference: str) -> HttpResponse:
    child_case = found(request, reference)
    child = child_case.child
    initial = {field: getattr(child, field) for field in ChildForm.base_fields if hasattr(child, field)}
    form = ChildForm(request.POST or None, initial={**initial, "as_read": actions.read_mark(child)})
    return act(
        request,
        child_case,
        form=form,
        do=lambda: actions.change_child(child_case=child_case, by=request.membership, **form.cleaned_data),
        title=_("The child"),
        button=_("Save"),
        done=_("Saved."),
        shown=case_page.fields(child_case, by=request.membership),
    )


@desk(*SOCIAL_CARE)
def same(request: DeskRequest, reference: str) -> HttpResponse:
    """Who may be the same child, who is not, what was merged, and what other systems call the child."""
    child_case = found(request, reference)
    by = request.membership
    if child_case.record.agency_id != by.agency_id:
        raise Http404
    child = child_case.child
    form = NumberForm(request.POST if "system" in request.POST else None)
    if request.method == "POST" and not form.is_bound:
        pk = request.POST.get("which", "")
        acts: dict[str, Callable[[], object]] = {
            "merge": lambda: actions.merge(child_case=child_case, other=_one(same_child.of_area(pk, by=by), pk), by=by),
            "apart": lambda: actions.tell_apart(child_case=child_case, other=_one(same_child.of_area(pk, by=by), pk), by=by),
            "again": lambda: actions.offer_again(
                child_case=child_case, apart=_one([row for row, _child in same_child.told_apart(child, by=by)], pk), by=by
            ),
            "undo": lambda: actions.undo_merge(child_case=child_case, row=_one(same_child.merges_of(child), pk), by=by),
            "end": lambda: actions.end_number(child_case=child_case, number=_one(child.numbers.all(), pk), by=by),
            "remove": lambda: actions.remove_number(child_case=child_case, number=_one(child.numbers.all(), pk), by=by),
        }
        do = acts.get(request.POST.get("do", ""))
        if do is None:
            raise Http404
        tried(request, do, done=_("Saved. It can be taken back here."))
        return redirect("safeguarding:same", child_case.reference)
    return act(
        request,
        child_case,
        form=form,
        do=lambda: actions.add_number(child_case=child_case, by=by, **form.cleaned_data),
        title=_("The same child?"),
        button=_("Add the number"),
        done=_("Added."),
        more={
            "offered": same_child.offered(child, by=by),
            "apart": same_child.told_apart(child, by=by),
            "merges": same_child.merges_of(child),
            "numbers": list(child.numbers.select_related("recorded_by__person")),
        },
        template="safeguarding/same.html",
    )


def _one(rows: Iterable[Row], pk: str) -> Row:
    """The one of these that was chosen. Raises Http404."""
    for row in rows:
        if str(row.pk) == pk:
            return row
    raise Http404


@desk(*SOCIAL_CARE)
def household(request: DeskRequest, reference: str) -> HttpResponse:
    """Who is around the child: add somebody, say that something is no longer so, join a household of the area."""
    child_case = found(request, reference)
    form = RelationshipForm(request.POST if "name" in request.POST else None, initial={"said_on": moment.today()})
    if request.method == "POST" and not form.is_bound:
        tried(request, lambda: _around(request, child_case), done=_("Saved."))
        return redirect("safeguarding:household", child_case.reference)

    return act(
        request,
        child_case,
        form=form,
        do=lambda: actions.add_relationship(child_case=child_case, by=request.membership, **form.cleaned_data),
        title=_("Who is around the child"),
        button=_("Add"),
        done=_("Added."),
        shown=case_page.fields(child_case, by=request.membership),
        more=around.shown(child_case, by=request.membership),
        template="safeguarding/household.html",
    )


def _around(request: DeskRequest, child_case: ChildCase) -> None:
    """Something is no longer so or never was, or the child lives in a household of the area."""
    by = request.membership
    if ended := request.POST.get("ended"):
        relationship = _one(child_case.child.relationships.all(), ended)
        said = request.POST.get("said_by", "")
        if request.POST.get("never_was"):
            actions.withdraw_relationship(child_case=child_case, relationship=relationship, why=said, by=by)
        else:
            actions.end_relationship(child_case=child_case, relationship=relationship, said_by=said, by=by)
    elif number := request.POST.get("household"):
        home = queries.households(by=by).filter(number=number.strip().upper()).first()
        if home is None:
            raise actions.NotOfThisCase(_("No household of this area has that number. Check it, such as H-7K2M."))
        actions.join_household(child_case=child_case, household=home, at_times=bool(request.POST.get("at_times")), by=by)
    else:
        raise actions.ReasonMissing(_("Enter the household’s number."))


@desk(*SOCIAL_CARE)
def seen(request: DeskRequest, reference: str) -> HttpResponse:
    child_case = found(request, reference)
    form = SeenForm(request.POST or None, initial={"happened_on": moment.today()})
    return act(
        request,
        child_case,
        form=form,
        do=lambda: actions.record_seen(child_case=child_case, by=request.membership, **form.cleaned_data),
        title=_("The child was seen"),
        button=_("Record it"),
        done=_("Recorded."),
    )


@desk(*SOCIAL_CARE)
def tell(request: DeskRequest, reference: str) -> HttpResponse:
    """Record who was told or invited: refused where it would tell somebody who must not learn of the case."""
    child_case = found(request, reference)
    coming = {clock.step: clock.title for clock in path.situation(child_case).open_clocks if clock.step in path.MEETINGS}
    coming |= {b.step: path.title_of(b.step, moment.today()) for b in child_case.bookings.filter(ended_at=None).exclude(step=path.VISIT)}
    form = TellForm(request.POST or None, meetings=list(coming.items()), initial={"happened_on": moment.today()})
    return act(
        request,
        child_case,
        form=form,
        do=lambda: actions.tell(child_case=child_case, by=request.membership, **form.cleaned_data),
        title=_("Who was told or invited"),
        button=_("Record it"),
        done=_("Recorded."),
        more={"silences": case_page.silences(child_case)},
    )


@desk(*SOCIAL_CARE)
def note(request: DeskRequest, reference: str) -> HttpResponse:
    child_case = found(request, reference)
    form = NoteForm(request.POST or None)
    return act(
        request,
        child_case,
        form=form,
        do=lambda: actions.add_note(child_case=child_case, words=form.cleaned_data["words"], by=request.membership),
        title=_("Note on the case"),
        button=_("Save the note"),
        done=_("Saved."),
    )


@desk(*SOCIAL_CARE)
def people(request: DeskRequest, reference: str) -> HttpResponse:
    """Who holds, covers, manages and chairs."""
    child_case = found(request, reference)
    if child_case.record.agency_id != request.membership.agency_id:
        raise Http404
    initial = {
        "owner": child_case.record.owner_id,
        "cover": child_case.record.cover_id,
        "manager": child_case.manager_id,
        "chair": child_case.chair_id,
    }
    form = PeopleForm(request.POST or None, by=request.membership, initial=initial)
    return act(
        request,
        child_case,
        form=form,
        do=lambda: actions.name_people(child_case=child_case, by=request.membership, **form.cleaned_data),
        title=_("Who works on this case"),
        button=_("Save"),
        done=_("Saved. Running clocks went with it."),
    )
