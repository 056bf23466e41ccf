"""The conference service: its diary, the windows of what has to be held, a place for one case, and how it is set up."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from havenline.engines.diary import Place
from havenline.foundation import moment
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.access import DeskRequest, desk
from havenline.foundation.people.roles import Role
from havenline.journey.safeguarding import actions
from havenline.journey.safeguarding.forms.conferences import AwayForm, NeedForm, PlaceForm, RoomForm, SittingForm, WeekForm
from havenline.journey.safeguarding.models import ChildCase
from havenline.journey.safeguarding.queries import conferences as diary_pages
from havenline.journey.safeguarding.queries import diary, windows
from havenline.journey.safeguarding.queries.reading import day
from havenline.journey.safeguarding.views.case import SOCIAL_CARE, act, found, tried

SERVICE = (Role.CONFERENCE_CHAIR, Role.TEAM_MANAGER)


def asked_day(request: DeskRequest) -> date:
    """The day that the address names, else today."""
    try:
        return date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return moment.today()


@desk(*SOCIAL_CARE)
def conferences(request: DeskRequest) -> HttpResponse:
    """The diary of a week or a day."""
    by_day = request.GET.get("view") == "day"
    on = asked_day(request)
    if not 2000 <= on.year <= 2100:
        raise Http404
    ledger.looked(request.membership, "diary of conferences", reason="list")
    return render(request, "safeguarding/conferences.html", diary_pages.shown(by=request.membership, on=on, by_day=by_day))


@desk(*SOCIAL_CARE)
def conference_windows(request: DeskRequest) -> HttpResponse:
    """Every conference and review that has to be held: its window as a bar, with the places that are free in it."""
    wanted = windows.to_hold(by=request.membership)
    house = windows.house_for(request.membership, wanted)
    ledger.looked(request.membership, "windows of conferences", reason="list")
    which = request.GET.get("show", "")
    shown = [one for one in wanted if which == "all" or one.booking is None]
    page = Paginator(shown, windows.SHOWN).get_page(request.GET.get("page"))
    context = {
        "rows": [{"window": one, "bar": windows.bar(one, house)} for one in page],
        "page": page,
        "which": which,
        "as_table": request.GET.get("as") == "table",
        "unbooked": sum(one.booking is None for one in wanted),
        "every": len(wanted),
        "has_rooms": bool(house.rooms),
    }
    return render(request, "safeguarding/windows.html", context)


@desk(*SOCIAL_CARE)
def conference_place(request: DeskRequest, reference: str, step: str) -> HttpResponse:
    """One case’s window, what its conference needs, and a free place to book."""
    by = request.membership
    child_case = found(request, reference)
    window = windows.of_case(child_case, step)
    if window is None or child_case.record.agency_id != by.agency_id:
        raise Http404
    need = NeedForm(
        request.POST if request.POST.get("act") == "need" else None, initial={"people": window.people, "step_free": window.step_free}
    )
    if request.POST.get("act") == "need" and need.is_valid():
        said = need.cleaned_data
        done = _("Only places that are large enough are offered now.")
        tried(request, lambda: actions.say_need(child_case=child_case, by=by, **said), done=done)
        return redirect("safeguarding:conference_place", child_case.reference, step)
    house = windows.house_for(by, [window])
    free = windows.free_places(window, house, most=60)
    later = windows.later_places(window, house) if not free or window.is_past else []
    places = {_code(place): place for place in (*free, *later)}
    form = PlaceForm(
        request.POST if request.method == "POST" and not need.is_bound else None,
        places=[(code, _offer(place, window, house)) for code, place in places.items()],
        by=by,
    )

    def do() -> None:
        place = places[form.cleaned_data["place"]]
        actions.book(
            child_case=child_case,
            step=step,
            booked_for=place.day,
            booked_at=place.sitting.begins,
            minutes=diary.minutes_of(place.sitting),
            room=form.cleaned_data["room"] or house.rooms[place.room],
            chair=form.cleaned_data["chair"] or house.chairs[place.chair],
            reason=form.cleaned_data["reason"],
            by=by,
        )

    return act(
        request,
        child_case,
        form=form,
        do=do,
        title=_("Place: %(step)s") % {"step": window.title},
        button=_("Book this place"),
        done=_("Booked: %(step)s.") % {"step": window.title},
        intro=_("In time until %(day)s.") % {"day": day(window.last)},
        points=(
            _("Each place is offered with the smallest room that does, and with the case’s own chair where they are free."),
            _("The limit is the latest day, not the one to aim for."),
        ),
        more={
            "window": window,
            "bar": windows.bar(window, house),
            "need": need,
            "has_places": bool(places),
            "has_rooms": bool(house.rooms),
            "step": step,
        },
        template="safeguarding/place.html",
    )


def _code(place: Place) -> str:
    return f"{place.day.isoformat()} {place.sitting.begins:%H:%M}"


def _offer(place: Place, window: windows.Window, house: diary.House) -> str:
    times = f"{place.sitting.begins:%H:%M}–{place.sitting.ends:%H:%M}"
    said = {"day": day(place.day), "times": times, "room": house.rooms[place.room].name, "chair": house.chairs[place.chair].short_name}
    if place.day > window.last:
        return _("%(day)s, %(times)s, %(room)s, %(chair)s: after the last day") % said
    return _("%(day)s, %(times)s, %(room)s, %(chair)s") % said


@desk(*SOCIAL_CARE)
@require_POST
def put_back(request: DeskRequest, reference: str, booking: int) -> HttpResponse:
    """Undo a move or a cancellation."""
    child_case: ChildCase = found(request, reference)
    booked = get_object_or_404(child_case.bookings, pk=booking)
    tried(request, lambda: actions.put_back(booking=booked, by=request.membership), done=_("It is booked again as it was."))
    return redirect("safeguarding:conferences")


@desk(*SERVICE)
def conference_service(request: DeskRequest) -> HttpResponse:
    """Rooms, sittings, when chairs are there, and who is away."""
    by = request.membership
    forms_of: dict[str, Callable[[Any], forms.Form]] = {
        "room": lambda said: RoomForm(said, prefix="room"),
        "sitting": lambda said: SittingForm(said, prefix="sitting"),
        "away": lambda said: AwayForm(said, prefix="away", by=by),
    }
    asked = request.POST.get("act", "")
    shown = {name: make(request.POST if asked == name else None) for name, make in forms_of.items()}
    if request.method == "POST":
        form = shown.get(asked)
        if form is None:
            _settle(request, asked)
            return redirect("safeguarding:conference_service")
        if form.is_valid() and _add(request, asked, form):
            return redirect("safeguarding:conference_service")
    context = {**diary_pages.service(by=by), "forms": shown, "weekdays": WeekForm.base_fields["weekdays"].choices}  # type: ignore[attr-defined]
    bound = [form for form in shown.values() if form.is_bound]
    status = 422 if bound else 200
    return render(request, "safeguarding/conference_service.html", {**context, "bound": bound[0] if bound else None}, status=status)


def _add(request: DeskRequest, asked: str, form: forms.Form) -> bool:
    """Whether what was typed was added; a refusal is said at the form."""
    add = {"room": actions.add_room, "sitting": actions.add_sitting, "away": actions.say_away}[asked]
    done = {
        "room": _("The room is offered from now on."),
        "sitting": _("Conferences are held in this sitting, too."),
        "away": _("Noted. Nothing is planned for them in that time."),
    }[asked]
    try:
        add(by=request.membership, **form.cleaned_data)  # type: ignore[operator]
    except actions.SettingNotPossible as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, done)
    return True


def _settle(request: DeskRequest, asked: str) -> None:
    """The acts of one button each."""
    by, which = request.membership, request.POST.get("which", "")
    if asked in ("give_up", "take_back") and (room := diary_pages.room_of(which, by=by)) is not None:
        if asked == "give_up":
            tried(
                request,
                lambda: actions.give_up_room(room=room, by=by),
                done=_("The room is no longer offered. What is booked in it stays."),
            )
        else:
            tried(request, lambda: actions.take_room_back(room=room, by=by), done=_("The room is offered again."))
    elif asked == "remove" and (sitting := diary_pages.sitting_of(which, by=by)) is not None:
        tried(request, lambda: actions.remove_sitting(sitting=sitting, by=by), done=_("Removed. What is booked stays."))
    elif asked == "there" and (away := diary_pages.away_of(which, by=by)) is not None:
        tried(request, lambda: actions.take_away_back(away=away, by=by), done=_("They are there after all."))
    elif asked == "week" and (chair := diary_pages.chair_of(which, by=by)) is not None:
        form = WeekForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("Enter how many conferences they lead in one day: 1 to 8."))
            return
        week = [int(each) for each in form.cleaned_data["weekdays"]]
        most = form.cleaned_data["most_a_day"]
        done = _("Noted for %(who)s.") % {"who": chair.short_name}
        tried(request, lambda: actions.set_chairs_week(chair=chair, weekdays=week, most_a_day=most, by=by), done=done)
    else:
        messages.error(request, _("That is not there any more. Nothing was changed."))
