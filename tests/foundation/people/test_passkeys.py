"""Passkeys in a real browser, with an authenticator that Chromium plays itself."""

import base64
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.urls import reverse

from havenline.foundation.people.models import Membership
from tests import factories
from tests.browser import click_through, found_by_axe, picture, sideways
from tests.foundation.people.test_signing_in import PASSWORD, verbs

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def robin() -> Membership:
    return factories.member("analyst", factories.agency("hotline"), "Robin Osei", password=PASSWORD)


def with_authenticator(page: "Page") -> Any:
    """An authenticator that holds passkeys and says that it saw a finger."""
    line = page.context.new_cdp_session(page)
    line.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = line.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return line, made["authenticatorId"]


def sign_in(page: "Page", email: str) -> None:
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    click_through(page.get_by_role("button", name="Sign in", exact=True))


def sign_out(page: "Page") -> None:
    page.locator(".person-menu summary").click()
    click_through(page.get_by_role("button", name="Sign out"))


def test_a_passkey_is_added_asked_for_and_stands_for_the_password(opened: Callable[..., "Page"], robin: Membership) -> None:
    page = opened(reverse("account_login"))
    page.goto(page.url.replace("127.0.0.1", "localhost"))  # no passkey belongs to an address of numbers
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    line, authenticator = with_authenticator(page)
    sign_in(page, robin.person.email)
    home = re.match(r"https?://[^/]+", page.url)[0]  # type: ignore[index]
    page.goto(home + reverse("mfa_add_webauthn"))
    assert found_by_axe(page) == []
    picture(page, "passkey-add")
    page.get_by_label("Name").fill("my telephone")
    click_through(page.get_by_role("button", name="Add a passkey"))
    assert page.get_by_text("Write these down").is_visible()
    picture(page, "recovery-codes")
    sign_out(page)

    sign_in(page, robin.person.email)
    assert page.get_by_role("heading", name="Your second factor").is_visible()
    assert found_by_axe(page) == []
    page.set_viewport_size({"width": 320, "height": 800})
    assert sideways(page) == []
    picture(page, "second-factor-320")
    line.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": True})
    with page.expect_navigation(url="**/desk/**"):
        page.get_by_role("button", name="Use a passkey").click()
    page.set_viewport_size({"width": 1280, "height": 900})
    sign_out(page)

    with page.expect_navigation(url="**/desk/**"):
        page.get_by_role("button", name="Sign in with a passkey").click()
    assert verbs(robin).count("signed in") == 3
    assert verbs(robin).count("used a second factor") == 2
    assert said == []

    page.goto(home + reverse("mfa_index"))
    assert page.get_by_text("my telephone").first.is_visible()
    picture(page, "second-factors")
    page.goto(home + reverse("mfa_activate_totp"))
    assert found_by_axe(page) == []
    picture(page, "add-codes")


def test_a_browser_that_answers_for_another_passkey_is_refused_on_the_ledger(opened: Callable[..., "Page"], robin: Membership) -> None:
    page = opened(reverse("account_login"))
    page.goto(page.url.replace("127.0.0.1", "localhost"))
    line, authenticator = with_authenticator(page)
    sign_in(page, robin.person.email)
    page.goto(re.match(r"https?://[^/]+", page.url)[0] + reverse("mfa_add_webauthn"))  # type: ignore[index]
    click_through(page.get_by_role("button", name="Add a passkey"))
    sign_out(page)
    [kept] = line.send("WebAuthn.getCredentials", {"authenticatorId": authenticator})["credentials"]
    line.send("WebAuthn.removeCredential", {"authenticatorId": authenticator, "credentialId": kept["credentialId"]})
    # The same name, another key: a copy that somebody made up.
    kept["privateKey"] = new_private_key()
    line.send("WebAuthn.addCredential", {"authenticatorId": authenticator, "credential": kept})
    sign_in(page, robin.person.email)
    click_through(page.get_by_role("button", name="Use a passkey"))
    assert page.get_by_text("This passkey was not accepted").is_visible()
    assert verbs(robin).count("signed in") == 1
    assert verbs(robin)[-1] == "failed to sign in"


def new_private_key() -> str:
    """Base64 of PKCS 8, as CDP wants it."""
    made = ec.generate_private_key(ec.SECP256R1())
    return base64.b64encode(made.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())).decode()
