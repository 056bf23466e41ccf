"""Signing in, being locked out, and the end of an account that is in use."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from havenline.foundation import moment
from havenline.foundation.ledger.models import Entry
from havenline.foundation.people import actions
from havenline.foundation.people.models import Membership
from tests import factories

pytestmark = pytest.mark.django_db
PASSWORD = "four quiet rivers meeting"


@pytest.fixture
def robin(hotline: object) -> Membership:
    return factories.member("analyst", factories.agency("hotline"), "Robin Osei", password=PASSWORD)


def sign_in(client: Client, email: str, password: str, **more: str):  # type: ignore[no-untyped-def]
    return client.post(reverse("account_login"), {"login": email, "password": password, **more})


def verbs(membership: Membership) -> list[str]:
    bodies = Entry.objects.filter(actor=membership.ledger_name).order_by("at").values_list("body", flat=True)
    return [body.split('"verb":"')[1].split('"')[0] for body in bodies]


def test_the_right_password_leads_to_the_desk(client: Client, robin: Membership) -> None:
    answer = sign_in(client, robin.person.email, PASSWORD)
    assert (answer.status_code, answer["Location"]) == (302, "/desk/")
    assert "signed in" in verbs(robin)


def test_signing_in_leads_on_to_where_somebody_wanted_to_go(client: Client, robin: Membership) -> None:
    wanted = client.get(reverse("people:account"))
    assert wanted["Location"] == "/sign-in/?next=/desk/account/"
    assert "Sign in to go on" in client.get(wanted["Location"]).content.decode()
    assert sign_in(client, robin.person.email, PASSWORD, next="/desk/account/")["Location"] == "/desk/account/"


def test_it_leads_to_no_other_site(client: Client, robin: Membership) -> None:
    assert sign_in(client, robin.person.email, PASSWORD, next="https://elsewhere.example/")["Location"] == "/desk/"


def test_a_wrong_password_an_unknown_account_a_closed_and_a_locked_one_look_alike(client: Client, robin: Membership) -> None:
    closed = factories.member("analyst", robin.agency, password=PASSWORD)
    actions.deactivate(person=closed.person, by=factories.member("administrator", factories.agency("installation")))
    locked = factories.member("analyst", robin.agency, password=PASSWORD)
    for _try in range(actions.FAILURES_ALLOWED):
        sign_in(client, locked.person.email, "not this one")
    said = {
        _errors(sign_in(client, email, password))
        for email, password in [
            (robin.person.email, "not this one"),
            ("nobody@havenline.example", PASSWORD),
            (closed.person.email, PASSWORD),
            (locked.person.email, PASSWORD),
        ]
    }
    assert len(said) == 1
    assert "five tries" in said.pop()


def _errors(answer) -> str:  # type: ignore[no-untyped-def]
    assert answer.status_code == 200
    return str(answer.context["form"].errors)


def test_five_failures_lock_an_account_for_fifteen_minutes(client: Client, robin: Membership) -> None:
    for _try in range(5):
        sign_in(client, robin.person.email, "not this one")
    assert sign_in(client, robin.person.email, PASSWORD).status_code == 200
    with moment.standing_at(moment.now() + timedelta(minutes=14)):
        assert sign_in(client, robin.person.email, PASSWORD).status_code == 200
    with moment.standing_at(moment.now() + timedelta(minutes=16)):
        assert sign_in(client, robin.person.email, PASSWORD).status_code == 302
    assert verbs(robin).count("failed to sign in") == 5
    assert verbs(robin).count("was locked out") == 1


def test_four_failures_are_forgotten_after_a_success(client: Client, robin: Membership) -> None:
    for _try in range(4):
        sign_in(client, robin.person.email, "not this one")
    assert sign_in(client, robin.person.email, PASSWORD).status_code == 302
    robin.person.refresh_from_db()
    assert robin.person.failed_sign_ins == 0


def test_attempts_are_counted_before_the_password_is_looked_at(robin: Membership) -> None:
    allowed = [actions.sign_in_attempt_allowed(email=robin.person.email.upper()) for _try in range(7)]
    assert allowed == [True] * 5 + [False] * 2


def test_an_administrator_unlocks(client: Client, robin: Membership, administrator: Membership) -> None:
    for _try in range(5):
        sign_in(client, robin.person.email, "not this one")
    actions.unlock(person=robin.person, by=administrator)
    assert sign_in(client, robin.person.email, PASSWORD).status_code == 302


def test_an_unknown_account_takes_the_time_of_a_password(robin: Membership, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[str] = []
    monkeypatch.setattr("havenline.foundation.people.actions.signing_in.make_password", hashed.append)
    sign_in(Client(), "nobody@havenline.example", "something")
    assert hashed == ["something"]


def test_signing_out_needs_a_post_and_ends_the_session(client: Client, robin: Membership) -> None:
    sign_in(client, robin.person.email, PASSWORD)
    assert client.get(reverse("account_logout")).status_code == 200
    assert client.get(reverse("people:account")).status_code == 200
    client.post(reverse("account_logout"))
    assert client.get(reverse("people:account")).status_code == 302


def test_a_closed_account_loses_its_open_page_and_is_told_so(client: Client, robin: Membership, administrator: Membership) -> None:
    sign_in(client, robin.person.email, PASSWORD)
    actions.deactivate(person=robin.person, by=administrator)
    answer = client.post(reverse("people:account"), {"theme": "dark"}, follow=True)
    assert answer.redirect_chain[-1][0].startswith("/sign-in/")
    assert "was closed while the page was open" in answer.content.decode()
    robin.person.refresh_from_db()
    assert robin.person.theme == ""


def test_a_page_posted_after_the_session_ended_says_that_nothing_was_saved(client: Client, robin: Membership) -> None:
    answer = client.post(reverse("people:account"), {"theme": "dark"}, follow=True)
    assert "It was not saved" in answer.content.decode()


def test_the_own_password_is_changed_with_the_old_one_and_other_pages_end(client: Client, robin: Membership) -> None:
    elsewhere = Client()
    sign_in(client, robin.person.email, PASSWORD)
    sign_in(elsewhere, robin.person.email, PASSWORD)
    url = reverse("account_change_password")
    new = "seven calm harbours at noon"
    assert client.post(url, {"oldpassword": "wrong", "password1": new, "password2": new}).status_code == 200
    assert client.post(url, {"oldpassword": PASSWORD, "password1": new, "password2": new}).status_code == 302
    assert client.get(reverse("people:account")).status_code == 200
    assert elsewhere.get(reverse("people:account")).status_code == 302
    assert "changed their password" in verbs(robin)


def test_there_is_no_signing_up_and_no_mail_flow(client: Client) -> None:
    from django.urls import NoReverseMatch

    for name in ("account_signup", "account_reset_password", "account_email", "account_request_login_code"):
        with pytest.raises(NoReverseMatch):
            reverse(name)


def test_the_sign_in_page_keeps_nothing_in_the_browser(client: Client) -> None:
    answer = client.get(reverse("account_login"))
    assert answer["Cache-Control"].startswith(("no-store", "max-age=0"))
    assert "no-store" in answer["Cache-Control"]


def test_somebody_with_two_roles_chooses_one_and_the_session_key_changes(client: Client, robin: Membership) -> None:
    second = Membership.objects.create(person=robin.person, agency=robin.agency, role="senior_analyst")
    sign_in(client, robin.person.email, PASSWORD)
    assert client.get("/desk/")["Location"] == reverse("people:act_as")
    before = client.session.session_key
    client.post(reverse("people:act_as"), {"membership": second.pk})
    assert client.session.session_key != before
    assert client.session["membership"] == second.pk
    assert "acts in a role" in verbs(robin)


def test_nobody_acts_in_the_role_of_another(client: Client, robin: Membership, team_manager: Membership) -> None:
    sign_in(client, robin.person.email, PASSWORD)
    answer = client.post(reverse("people:act_as"), {"membership": team_manager.pk})
    assert "not yours" in answer.content.decode()
    with pytest.raises(actions.NotYourMembership):
        actions.act_as(person=robin.person, membership=team_manager)


def test_a_role_that_ended_acts_no_more_in_an_open_page(client: Client, robin: Membership, administrator: Membership) -> None:
    sign_in(client, robin.person.email, PASSWORD)
    assert client.get(reverse("people:account")).status_code == 200
    actions.end_membership(membership=robin, by=administrator)
    assert client.get(reverse("people:account"))["Location"] == reverse("people:act_as")
    assert "no role of yours is in force" in client.get(reverse("people:act_as")).content.decode()


def test_how_the_desk_looks_is_kept(client: Client, robin: Membership) -> None:
    sign_in(client, robin.person.email, PASSWORD)
    client.post(reverse("people:account"), {"theme": "dark"})
    robin.person.refresh_from_db()
    assert (robin.person.theme, robin.person.key_hints) == ("dark", False)
    assert 'data-theme="dark"' in client.get(reverse("people:account")).content.decode()
