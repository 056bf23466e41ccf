"""A second factor: added, asked for, used once, removed; and required where an installation says so."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from havenline.foundation import moment
from havenline.foundation.people import actions, sealed
from havenline.foundation.people.actions import factors
from havenline.foundation.people.models import Membership
from havenline.foundation.sealing import actions as sealing
from tests import factories
from tests.foundation.people.test_signing_in import PASSWORD, sign_in, verbs

pytestmark = pytest.mark.django_db


@pytest.fixture
def robin(hotline: object) -> Membership:
    return factories.member("analyst", factories.agency("hotline"), "Robin Osei", password=PASSWORD)


@pytest.fixture
def secret(robin: Membership) -> str:
    """Robin's app has this secret since an hour ago."""
    made = factors.new_secret()
    with moment.standing_at(moment.now() - timedelta(hours=1)):
        factors.add_code_app(person=robin.person, secret=made, code=code_of(made))
    return made


def code_of(secret: str, steps_from_now: int = 0) -> str:
    """What the app shows."""
    return factors.code_at(secret, int(moment.now().timestamp()) // 30 + steps_from_now)


def give_code(client: Client, code: str) -> Any:
    return client.post(reverse("mfa_authenticate"), {"code": code})


def is_in(client: Client) -> bool:
    return client.get(reverse("people:account")).status_code == 200


def test_a_code_is_what_rfc_6238_says() -> None:
    assert factors.code_at("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", 1111111109 // 30) == "081804"


def test_an_app_is_added_by_its_first_code_and_ten_recovery_codes_are_shown_once(client: Client, robin: Membership) -> None:
    sign_in(client, robin.person.email, PASSWORD)
    shown = client.get(reverse("mfa_activate_totp")).context["secret"].replace(" ", "")
    assert "This is not the code" in client.post(reverse("mfa_activate_totp"), {"code": "000000"}).content.decode()
    added = client.post(reverse("mfa_activate_totp"), {"code": code_of(shown)})
    assert added["Location"] == reverse("mfa_view_recovery_codes")
    assert len(client.get(added["Location"]).context["codes"]) == 10
    assert client.get(added["Location"]).context["codes"] == []
    assert {"added a second factor", "made recovery codes", "saw recovery codes"} <= set(verbs(robin))


def test_the_password_alone_does_not_sign_in_any_more_and_a_code_does(client: Client, robin: Membership, secret: str) -> None:
    assert sign_in(client, robin.person.email, PASSWORD)["Location"] == reverse("mfa_authenticate")
    assert not is_in(client)
    assert "signed in" not in verbs(robin)
    sign_in(client, robin.person.email, PASSWORD)
    assert give_code(client, code_of(secret))["Location"] == "/desk/"
    assert is_in(client)
    assert verbs(robin)[-2:] == ["used a second factor", "signed in"]


def test_a_code_that_somebody_saw_being_used_opens_nothing_nor_does_the_one_before_it(robin: Membership, secret: str) -> None:
    factors.use_code(person=robin.person, code=code_of(secret))
    for stale in (code_of(secret), code_of(secret, -1), code_of(secret, -2)):
        with pytest.raises(factors.WrongCode):
            factors.use_code(person=robin.person, code=stale)
    actions.attempt_was_right(person=robin.person)
    assert factors.use_code(person=robin.person, code=code_of(secret, 1)).type == "totp"


def test_five_wrong_codes_lock_the_account_for_the_password_too(client: Client, robin: Membership, secret: str) -> None:
    sign_in(client, robin.person.email, PASSWORD)
    for _try in range(5):
        give_code(client, "000000")
    assert give_code(client, code_of(secret)).status_code == 200
    assert sign_in(Client(), robin.person.email, PASSWORD).status_code == 200
    assert verbs(robin).count("was locked out") == 1


def test_passwords_that_are_right_do_not_forget_wrong_codes(robin: Membership, secret: str) -> None:
    for _try in range(5):
        browser = Client()
        sign_in(browser, robin.person.email, PASSWORD)
        give_code(browser, "000000")
    assert sign_in(Client(), robin.person.email, PASSWORD).status_code == 200


def test_a_recovery_code_signs_in_once(client: Client, robin: Membership, secret: str) -> None:
    [first, *_others] = factors.see_recovery_codes(person=robin.person)
    assert factors.use_code(person=robin.person, code=f"{first[:5]} {first[5:]}").type == "recovery_codes"
    with pytest.raises(factors.WrongCode):
        factors.use_code(person=robin.person, code=first)


def test_no_secret_stands_in_the_database_and_none_opens_in_another_persons_row(client: Client, robin: Membership, secret: str) -> None:
    codes = factors.see_recovery_codes(person=robin.person)
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept
    assert not any(code in kept for code in codes)
    other = factories.member("analyst", robin.agency)
    with pytest.raises(sealing.NotSealedByThisKey):
        sealed.open_for(other.person, "second factor", Authenticator.objects.get(type="totp").data["secret"])


def test_a_secret_that_no_app_has_confirmed_waits_sealed(client: Client, robin: Membership) -> None:
    sign_in(client, robin.person.email, PASSWORD)
    shown = client.get(reverse("mfa_activate_totp")).context["secret"].replace(" ", "")
    assert shown not in str(dict(client.session.items()))
    assert client.get(reverse("mfa_activate_totp")).context["secret"].replace(" ", "") == shown


@pytest.mark.parametrize("name", ["desk_home", "people:act_as", "triage:queue"])
def test_whoever_must_have_a_factor_and_has_none_is_led_to_add_one(client: Client, robin: Membership, settings: Any, name: str) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    sign_in(client, robin.person.email, PASSWORD)
    assert client.get(reverse(name))["Location"] == reverse("mfa_index")
    assert client.post(reverse(name))["Location"] == reverse("mfa_index")
    assert "Add one before you go on" in client.get(reverse("mfa_index")).content.decode()
    made = factors.new_secret()
    factors.add_code_app(person=robin.person, secret=made, code=code_of(made))
    assert client.get(reverse(name)).get("Location") != reverse("mfa_index")


def test_the_last_factor_stays_where_one_is_required_and_goes_with_its_recovery_codes_elsewhere(
    client: Client, robin: Membership, secret: str, settings: Any
) -> None:
    sign_in(client, robin.person.email, PASSWORD)
    give_code(client, code_of(secret))
    address = reverse("mfa_remove", args=[Authenticator.objects.get(type="totp").pk])
    settings.SECOND_FACTOR_REQUIRED = True
    assert "your only second factor" in client.post(address, follow=True).content.decode()
    settings.SECOND_FACTOR_REQUIRED = False
    client.post(address)
    assert not Authenticator.objects.filter(user=robin.person).exists()
    assert verbs(robin)[-1] == "removed a second factor"


def test_nobody_removes_another_persons_factor(client: Client, robin: Membership, secret: str) -> None:
    other = factories.member("analyst", robin.agency, password=PASSWORD)
    sign_in(client, other.person.email, PASSWORD)
    assert client.post(reverse("mfa_remove", args=[Authenticator.objects.get(type="totp").pk])).status_code == 404


@pytest.mark.parametrize("name", ["mfa_activate_totp", "mfa_add_webauthn", "mfa_view_recovery_codes", "mfa_generate_recovery_codes"])
def test_factors_are_changed_by_whoever_has_just_shown_who_they_are(
    signed_in: Callable[[Membership], Client], robin: Membership, name: str
) -> None:
    answer = signed_in(robin).get(reverse(name))  # a page left open: nothing was shown lately
    assert answer["Location"].startswith(reverse("account_reauthenticate"))


def test_new_recovery_codes_end_the_old_ones(robin: Membership, secret: str) -> None:
    [old, *_others] = factors.see_recovery_codes(person=robin.person)
    factors.new_recovery_codes(person=robin.person)
    with pytest.raises(factors.WrongCode):
        factors.use_code(person=robin.person, code=old)


def test_the_demo_says_that_a_password_is_enough_there_only(client: Client, settings: Any) -> None:
    assert "a password is enough" not in client.get(reverse("account_login")).content.decode()
    from dataclasses import replace

    settings.INSTALLATION = replace(settings.INSTALLATION, kind="demo")
    assert "a password is enough" in client.get(reverse("account_login")).content.decode()
