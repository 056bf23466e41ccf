"""Signing in by an agency's own provider, a real process on loopback: into an account that exists, and no other."""

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from havenline.foundation.people import actions
from havenline.foundation.people.models import Membership, Person
from havenline.site import installation
from havenline.site.settings import single_sign_on
from tests import factories
from tests.foundation.people import oidc_provider
from tests.foundation.people.test_second_factor import code_of
from tests.foundation.people.test_signing_in import verbs
from tests.foundation.post.mail_server import free_port

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", oidc_provider.__name__, str(port)])
    address = f"http://127.0.0.1:{port}"
    for _try in range(100):
        try:
            urllib.request.urlopen(f"{address}/.well-known/openid-configuration", timeout=5).close()  # noqa: S310  (our own process)
            break
        except urllib.error.URLError:
            time.sleep(0.05)
    yield address
    process.terminate()
    process.wait()


@pytest.fixture(autouse=True)
def _set_up(provider: str, settings: Any) -> None:
    said = {"name": "Northmere Council", "issuer": provider, "client_id": oidc_provider.CLIENT, "client_secret": oidc_provider.SECRET}
    settings.INSTALLATION = replace(settings.INSTALLATION, sign_in=said, may_ask_inside=("127.0.0.1",))
    settings.SOCIALACCOUNT_PROVIDERS = single_sign_on(said)


@pytest.fixture
def robin(hotline: object) -> Membership:
    """Somebody without a password here."""
    return factories.member("analyst", factories.agency("hotline"), "Robin Osei")


@pytest.fixture
def sits_there(provider: str) -> Callable[..., None]:
    """Say who the provider has before it."""

    def become(**person: Any) -> None:
        asked = urllib.request.Request(f"{provider}/become", data=json.dumps({"sub": "1", **person}).encode(), method="POST")  # noqa: S310
        urllib.request.urlopen(asked, timeout=5).close()  # noqa: S310

    return become


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *said: Any) -> None:
        return None


def sign_in(client: Client, **more: str) -> Any:
    """To the provider and back, as a browser goes; the answer to the way back."""
    away = client.get(reverse("openid_connect_login", args=["agency"]), more)["Location"]
    try:
        urllib.request.build_opener(_Stay).open(away, timeout=5)
        raise AssertionError("the provider led nowhere")
    except urllib.error.HTTPError as led:
        return client.get(led.headers["Location"].removeprefix("http://testserver"))


def words_after(answer: Any, client: Client) -> str:
    assert answer["Location"] == reverse("account_login")
    return str(client.get(answer["Location"]).content.decode())


def test_a_person_is_let_in_by_the_address_that_the_provider_has_verified(
    client: Client, robin: Membership, sits_there: Callable[..., None]
) -> None:
    sits_there(email=robin.person.email.upper(), email_verified=True)
    assert "Sign in with Northmere Council" in client.get(reverse("account_login")).content.decode()
    assert sign_in(client, next="/desk/account/")["Location"] == "/desk/account/"
    assert client.get(reverse("people:account")).status_code == 200
    assert "signed in" in verbs(robin)


@pytest.mark.parametrize(
    "person",
    [
        {"email": "stranger@havenline.example", "email_verified": True},
        {"email": "robin", "email_verified": False},
        {"email": "robin"},
        {"email": "robin", "email_verified": "true"},
        {"email": "robin", "email_verified": True, "other_sub": "2"},  # the two answers speak of two people
        {"email_verified": True},
    ],
)
def test_nobody_else_is_let_in_and_no_account_is_made(
    client: Client, robin: Membership, sits_there: Callable[..., None], person: dict[str, Any]
) -> None:
    if person.get("email") == "robin":
        person = {**person, "email": robin.person.email}
    before = Person.objects.count()
    sits_there(**person)
    assert "There is no account here" in words_after(sign_in(client), client)
    assert client.get(reverse("people:account")).status_code == 302
    assert Person.objects.count() == before


def test_a_closed_account_is_none(client: Client, robin: Membership, administrator: Membership, sits_there: Callable[..., None]) -> None:
    actions.deactivate(person=robin.person, by=administrator)
    sits_there(email=robin.person.email, email_verified=True)
    assert "There is no account here" in words_after(sign_in(client), client)


def test_whoever_has_a_second_factor_here_is_asked_for_it(client: Client, robin: Membership, sits_there: Callable[..., None]) -> None:
    from havenline.foundation.people.actions import factors

    secret = factors.new_secret()
    factors.add_code_app(person=robin.person, secret=secret, code=code_of(secret))
    sits_there(email=robin.person.email, email_verified=True)
    assert sign_in(client)["Location"] == reverse("mfa_authenticate")
    assert client.get(reverse("people:account")).status_code == 302


def test_a_way_back_that_this_browser_did_not_begin_lets_nobody_in(robin: Membership, sits_there: Callable[..., None]) -> None:
    sits_there(email=robin.person.email, email_verified=True)
    begun, other = Client(), Client()
    away = begun.get(reverse("openid_connect_login", args=["agency"]))["Location"]
    try:
        urllib.request.build_opener(_Stay).open(away, timeout=5)
    except urllib.error.HTTPError as led:
        other.get(led.headers["Location"].removeprefix("http://testserver"))
    assert other.get(reverse("people:account")).status_code == 302


def test_a_provider_that_refuses_or_does_not_answer_is_said_so(
    client: Client, robin: Membership, sits_there: Callable[..., None], settings: Any
) -> None:
    sits_there(refuses=True)
    assert "did not let you in" in words_after(sign_in(client), client)
    said = {**settings.INSTALLATION.sign_in, "issuer": f"http://127.0.0.1:{free_port()}"}
    settings.SOCIALACCOUNT_PROVIDERS = single_sign_on(said)
    assert "does not answer" in words_after(client.get(reverse("openid_connect_login", args=["agency"])), client)


def test_whoever_has_no_password_here_reads_so_where_it_would_be_changed(
    signed_in: Callable[[Membership], Client], robin: Membership
) -> None:
    assert "You have no password here" in signed_in(robin).get(reverse("account_change_password")).content.decode()


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ('name = "Council"', "client_id"),
        ('name = "C"\nissuer = "http://id.example"\nclient_id = "a"\nclient_secret = "b"', "https"),
        ('name = "C"\nissuer = "https://id.example"\nclient_id = "a"\nclient_secret = "b"\nscope = "all"', "scope"),
    ],
)
def test_a_configuration_that_cannot_work_names_what_is_wrong(tmp_path: Any, said: str, names: str) -> None:
    (tmp_path / "havenline.toml").write_text(f'kind = "installation"\n[sign_in]\n{said}\n')
    with pytest.raises(installation.BadConfiguration, match=names):
        installation.load(tmp_path)


def test_a_provider_inside_is_asked_only_where_the_file_lists_it(client: Client, settings: Any) -> None:
    settings.INSTALLATION = replace(settings.INSTALLATION, may_ask_inside=())
    assert "does not answer" in words_after(client.get(reverse("openid_connect_login", args=["agency"])), client)


@pytest.mark.parametrize("host", ["http://10.0.0.7", "10.0.0.0/8", "*", "", "a b"])
def test_what_may_be_asked_inside_is_a_host_and_nothing_wider(tmp_path: Any, host: str) -> None:
    (tmp_path / "havenline.toml").write_text(f'kind = "installation"\nmay_ask_inside = ["{host}"]\n')
    with pytest.raises(installation.BadConfiguration, match="may_ask_inside"):
        installation.load(tmp_path)


@pytest.mark.parametrize(
    "wrong",
    [
        {"signed": "by another"},
        {"signed": "by nobody"},
        {"signed": "by a secret"},
        {"signed": "by an unknown key"},
        {"signed": "not at all"},
        {"aud": "somebody else"},
        {"calls_itself": "https://elsewhere.example"},
        {"calls_itself": "https://elsewhere.example", "signs_as": "https://elsewhere.example"},  # and agrees with itself
    ],
    ids=str,
)
def test_a_word_that_this_provider_has_not_signed_for_us_lets_nobody_in(
    client: Client, robin: Membership, sits_there: Callable[..., None], wrong: dict[str, str]
) -> None:
    sits_there(email=robin.person.email, email_verified=True, **wrong)
    assert "did not let you in" in words_after(sign_in(client), client)
    assert client.get(reverse("people:account")).status_code == 302
