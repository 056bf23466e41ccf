"""Keys of platforms: shown once, for what they are for, as long as they last; rotated without a gap."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from havenline.foundation import moment
from havenline.foundation.people import actions
from havenline.foundation.people.models import ApiKey, Membership
from havenline.foundation.people.roles import Scope
from havenline.journey.intake.models import Report
from tests import factories

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Membership], Client]
REPORT = {"kind": "web_page", "url": "https://page.example/room"}


def test_a_platforms_key_is_shown_once_and_kept_as_its_hash(signed_in: SignedIn, administrator: Membership) -> None:
    factories.agency("platform")
    client = signed_in(administrator)
    made = client.post(reverse("people:agency", args=["chat-example"]), {"scopes": ["send"], "lasts": "365"})
    raw = made.context["raw"]
    assert raw not in client.get(reverse("people:agency", args=["chat-example"])).content.decode()
    assert raw not in str(ApiKey.objects.values().get())
    assert actions.authenticate_api_key(raw, scope="send").agency.slug == "chat-example"
    assert ApiKey.objects.get().last_used_at is not None


@pytest.mark.parametrize(
    "spoil", [lambda raw: raw[:-1] + ("A" if raw[-1] != "A" else "B"), lambda raw: "", lambda raw: "\ud800.x", str.upper]
)
def test_a_key_that_is_not_exactly_ours_is_refused(administrator: Membership, spoil: Callable[[str], str]) -> None:
    _key, raw = actions.make_api_key(agency=factories.agency("platform"), by=administrator)
    with pytest.raises(actions.KeyRefused):
        actions.authenticate_api_key(spoil(raw), scope="send")


def test_a_revoked_key_and_one_that_ran_out_open_nothing(administrator: Membership) -> None:
    platform = factories.agency("platform")
    key, raw = actions.make_api_key(agency=platform, by=administrator)
    actions.revoke_api_key(api_key=key, by=administrator)
    _old, old_raw = actions.make_api_key(agency=platform, by=administrator, lasts=timedelta(days=1))
    with pytest.raises(actions.KeyRefused):
        actions.authenticate_api_key(raw, scope="send")
    actions.authenticate_api_key(old_raw, scope="send")
    with moment.standing_at(moment.now() + timedelta(days=2)), pytest.raises(actions.KeyRefused):
        actions.authenticate_api_key(old_raw, scope="send")


def test_keys_are_for_platforms(administrator: Membership, hotline: object) -> None:
    with pytest.raises(actions.NotAPlatform):
        actions.make_api_key(agency=factories.agency("hotline"), by=administrator)


def send(raw: str, **headers: str) -> int:
    answer = Client().post(
        "/api/v1/reports", REPORT, content_type="application/json", headers={"Authorization": f"Bearer {raw}", **headers}
    )
    return answer.status_code


def ask(raw: str, reference: str) -> int:
    return Client().get(f"/api/v1/reports/{reference}", headers={"Authorization": f"Bearer {raw}"}).status_code


def test_a_key_does_what_it_is_for_and_is_told_what_it_is_not_for(administrator: Membership, hotline: object) -> None:
    platform = factories.agency("platform")
    _key, sends = actions.make_api_key(agency=platform, scopes=[Scope.SEND], by=administrator)
    _key, reads = actions.make_api_key(agency=platform, scopes=[Scope.READ], by=administrator)
    assert (send(sends), send(reads)) == (201, 403)
    reference = Report.objects.get().reference
    assert (ask(sends, reference), ask(reads, reference)) == (403, 200)


def test_a_key_that_may_do_nothing_is_not_made(signed_in: SignedIn, administrator: Membership) -> None:
    platform = factories.agency("platform")
    with pytest.raises(actions.NoScope):
        actions.make_api_key(agency=platform, scopes=[], by=administrator)
    answer = signed_in(administrator).post(reverse("people:agency", args=[platform.slug]), {"lasts": "365"})
    assert "Choose what the key may do" in answer.content.decode()
    assert not ApiKey.objects.exists()


def test_a_key_lasts_a_year_unless_told_otherwise(administrator: Membership) -> None:
    key, _raw = actions.make_api_key(agency=factories.agency("platform"), by=administrator)
    assert key.expires_at == key.made_at + timedelta(days=365)


def test_the_agencys_page_warns_a_month_before_a_key_runs_out(signed_in: SignedIn, administrator: Membership) -> None:
    platform = factories.agency("platform")
    actions.make_api_key(agency=platform, lasts=timedelta(days=31, hours=1), by=administrator)
    began = moment.now()
    page = reverse("people:agency", args=[platform.slug])
    assert "Ends in" not in signed_in(administrator).get(page).content.decode()
    with moment.standing_at(began + timedelta(days=20)):
        assert "Ends in 11 days" in signed_in(administrator).get(page).content.decode()


def test_the_agencys_page_shows_when_a_key_was_last_used(signed_in: SignedIn, administrator: Membership) -> None:
    platform = factories.agency("platform")
    _key, raw = actions.make_api_key(agency=platform, by=administrator)
    browser, page = signed_in(administrator), reverse("people:agency", args=[platform.slug])
    used = moment.now() + timedelta(days=2)
    assert f"{used:%-d %b %Y}" not in browser.get(page).content.decode()
    with moment.standing_at(used):
        actions.authenticate_api_key(raw, scope=Scope.SEND)
    assert f"{used:%-d %b %Y}" in browser.get(page).content.decode()


def test_a_rotated_key_lives_on_for_a_week_beside_the_new_one(signed_in: SignedIn, administrator: Membership, hotline: object) -> None:
    platform = factories.agency("platform")
    old, old_raw = actions.make_api_key(agency=platform, scopes=[Scope.SEND], by=administrator)
    began = moment.now()
    new_raw = signed_in(administrator).post(reverse("people:rotate_key", args=[platform.slug, old.pk])).context["raw"]
    assert (send(old_raw), send(new_raw)) == (201, 201)
    assert ApiKey.objects.latest("pk").scopes == ["send"]
    with moment.standing_at(began + timedelta(days=8)):
        assert (send(old_raw), send(new_raw)) == (401, 201)
    with pytest.raises(actions.KeyRefused), moment.standing_at(began + timedelta(days=8)):
        actions.rotate_api_key(api_key=old, by=administrator)


def test_what_was_sent_before_a_rotation_and_is_sent_again_after_it_is_one_report(administrator: Membership, hotline: object) -> None:
    old, old_raw = actions.make_api_key(agency=factories.agency("platform"), by=administrator)
    new, new_raw = actions.rotate_api_key(api_key=old, by=administrator)
    _newest, newest_raw = actions.rotate_api_key(api_key=new, by=administrator)
    for raw in (old_raw, new_raw, newest_raw):
        assert send(raw, **{"Idempotency-Key": "one"}) == 201
    assert Report.objects.count() == 1


def test_a_key_ends_with_the_account_of_who_answers_for_it_within_one_request(administrator: Membership, hotline: object) -> None:
    staff = factories.member("platform_staff", factories.agency("platform"), "Kim Vance")
    key, raw = actions.make_api_key(agency=staff.agency, answerable=staff.person, by=administrator)
    _other, other = actions.make_api_key(agency=staff.agency, by=administrator)
    assert send(raw) == 201
    actions.deactivate(person=staff.person, by=administrator)
    assert (send(raw), send(other)) == (401, 201)
    key.refresh_from_db()
    assert key.revoked_at is not None  # and the administrator reads so


def test_a_key_opens_nothing_while_who_answers_for_it_has_no_account_however_that_came(administrator: Membership, hotline: object) -> None:
    staff = factories.member("platform_staff", factories.agency("platform"), "Kim Vance")
    _key, raw = actions.make_api_key(agency=staff.agency, answerable=staff.person, by=administrator)
    type(staff.person).objects.filter(pk=staff.person_id).update(is_active=False)
    assert send(raw) == 401


def test_whoever_answers_for_a_key_acts_for_its_platform(administrator: Membership, analyst: Membership) -> None:
    with pytest.raises(actions.NotAPlatform):
        actions.make_api_key(agency=factories.agency("platform"), answerable=analyst.person, by=administrator)
