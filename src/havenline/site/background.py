"""One screen for the administrator: everything that runs by itself, and everything that reached nobody. It names no case."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from havenline.foundation.clocks import queries as clocks
from havenline.foundation.handover import queries as handover
from havenline.foundation.people.access import DeskRequest, desk
from havenline.foundation.people.roles import Role
from havenline.foundation.post import actions as post
from havenline.foundation.post import queries as letters
from havenline.foundation.post.models import Letter
from havenline.foundation.sealing import desk_key, rotation
from havenline.foundation.work import actions, queries


@desk(Role.ADMINISTRATOR)
def tasks(request: DeskRequest) -> HttpResponse:
    said = {
        "given_up": queries.given_up(by=request.membership),
        "refused": queries.refused(by=request.membership),
        "letters": letters.ended_badly(by=request.membership),
        "unsupervised": clocks.agencies_reached_by_nobody(),
        "without_receiver": handover.agencies_with_nobody(),
        "counts": queries.counts(),
        "workers": queries.living_workers(),
        "last_sign_of_life": queries.last_sign_of_life(),
        "rounds": queries.rounds(),
        "exchanges": rotation.under_way(),
        "swapped": desk_key.refused_lately(),
    }
    return render(request, "work/tasks.html", said)


@desk(Role.ADMINISTRATOR)
@require_POST
def try_task_again(request: DeskRequest, task_id: UUID) -> HttpResponse:
    try:
        actions.try_again(task_id=task_id, by=request.membership)
        messages.success(request, _("It is tried again now."))
    except actions.NotGivenUp as error:
        messages.error(request, str(error))
    return redirect("work:tasks")


@desk(Role.ADMINISTRATOR)
@require_POST
def try_letter_again(request: DeskRequest, letter_id: int) -> HttpResponse:
    try:
        post.try_again(letter=get_object_or_404(Letter, pk=letter_id), by=request.membership)
        messages.success(request, _("The letter is tried again now."))
    except post.NotEndedBadly as error:
        messages.error(request, str(error))
    return redirect("work:tasks")
