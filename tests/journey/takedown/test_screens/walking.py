"""A person of the desk at a notice's page: what stands there, and one act by its form."""

import re
from html import unescape
from typing import Any

from django.apps import apps
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from havenline.journey.takedown.models import Notice
from tests.journey.takedown.host_side import text_of, token_in

LIST = "/desk/takedown/"
HOSTS = "/desk/takedown/hosts/"


def at(notice: Notice) -> str:
    return reverse("takedown:notice", args=[notice.reference])


def text(answer: HttpResponse) -> str:
    """What the page says, its tags left out."""
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode())))


def page(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200, address
    return text(answer)


def act(browser: Client, notice: Notice, code: str, **said: Any) -> Any:
    """Press the button of one act, with what was typed into its form."""
    return browser.post(at(notice), {"act": code, **{f"{code}-{name}": value for name, value in said.items()}})


def offered(browser: Client, notice: Notice) -> set[str]:
    """The acts that have a form on the notice's page."""
    return set(re.findall(r'<input type="hidden" name="act" value="([\w-]+)">', browser.get(at(notice)).content.decode()))


def host_says(mail: Any, what: str, words: str = "") -> None:
    """The host answers by the link of the last letter that arrived, without an account."""
    said = {"what": what, "words": words, "submission": f"{what} {words}"}
    assert Client().post(f"/host/{token_in(text_of(mail.letters[-1]))}/", said).status_code in (200, 302)


def again(notice: Notice) -> Notice:
    return Notice.objects.get(pk=notice.pk)


def told_at(answer: HttpResponse, field: str, words: str) -> None:
    """The refusal stands at its field, and the line on top leads to it."""
    source = answer.content.decode()
    assert answer.status_code == 422
    assert re.search(rf'<a href="#{field}"[^>]*>[^<]*{re.escape(words)}', unescape(source)), f"no line on top leads to {field}"
    assert re.search(rf'id="{field}"[^>]*aria-invalid="true"|aria-invalid="true"[^>]*id="{field}"', source), f"{field} is not marked"


GROWS_BY_A_LOOK = ("ledger", "sessions", "people.Visit")  # entries, and who is signed in since when


def everything(*rooms: str) -> dict[str, list[Any]]:
    """Every row of every table, or of these rooms' tables, but for what each look adds to."""
    kept = {}
    for model in apps.get_models():
        named = {model._meta.app_label, model._meta.label}
        if named.isdisjoint(GROWS_BY_A_LOOK) and (not rooms or model._meta.app_label in rooms):
            kept[model._meta.label] = sorted(map(repr, model._default_manager.values_list()))
    return kept
