"""The base templates hold what every page owes, and nothing inline."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from django import forms
from django.template import Context, Template
from django.template.loader import get_template, render_to_string
from django.test import RequestFactory

import havenline.site
from havenline.site import styleguide

TEMPLATES = Path(havenline.site.__file__).parent / "templates"
DEPLOYMENT = SimpleNamespace(
    name="Havenline",
    emergency_number="999",
    emergency_text="Ask for the police.",
    helpline_number="116 111",
    helpline_text="Free, day and night.",
    exit_url="https://weather.example/",
)
ERRORS = ["400", "403", "403_csrf", "404", "413", "429", "500", "503"]
INLINE = re.compile(r"<[^>]+\s(?:style|on\w+)\s*=|<style|<script(?![^>]*\ssrc=)")


def page(source: str, **context: object) -> str:
    html = Template(source).render(Context({"deployment": DEPLOYMENT, **context}))
    assert not INLINE.search(html)
    return html


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_no_template_has_inline_style_or_script(path):
    assert not INLINE.search(path.read_text())


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_page_needs_no_request_no_context_and_says_what_to_do(name):
    html = get_template(f"{name}.html").render()
    assert html.count("<h1>") == 1
    assert not re.search(r"invalid", html, re.IGNORECASE)
    assert '<a href="/">' in html


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_page_keeps_the_way_out(name):
    assert "data-leave" in render_to_string(f"{name}.html", {"deployment": DEPLOYMENT})


def test_whoever_is_at_a_desk_goes_back_to_it_from_an_error(client):
    html = client.get("/desk/nothing-like-this/").content.decode()
    assert '<a href="/desk/">Go to your desk</a>' in html
    assert "data-leave" not in html
    assert "data-leave" in client.get("/nothing-like-this/").content.decode()


def test_a_public_page_says_only_form_in_its_title():
    assert "<title>Form</title>" in page("{% extends 'public.html' %}")


def test_leave_this_page_is_a_plain_link_that_tells_the_other_site_nothing():
    html = page("{% extends 'public.html' %}")
    assert re.search(r'<a class="leave" href="https://weather.example/" rel="noreferrer noopener" data-leave>', html)


def test_the_emergency_number_can_be_called_from_a_phone():
    assert 'href="tel:999"' in page("{% extends 'public.html' %}")


def test_a_public_page_without_a_helpline_offers_none():
    html = page("{% extends 'question.html' %}", deployment=SimpleNamespace(name="Havenline"))
    assert "Want to talk to someone?" not in html


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_persons_own_colours_go_before_the_systems(theme):
    assert f'data-theme="{theme}"' in page("{% extends 'public.html' %}", theme=theme)


def test_without_a_choice_the_system_decides():
    assert "data-theme" not in page("{% extends 'public.html' %}", theme="").split("<head>")[0]


class Question(forms.Form):
    where = forms.CharField(label="Where did it happen?", error_messages={"required": "Enter where"})


def test_back_is_a_button_so_that_nothing_is_lost():
    html = page("{% extends 'question.html' %}", form=Question(), step=3, total=6, question="Where did it happen?")
    assert re.search(r'<button class="button-link" type="submit" name="go" value="back">', html)
    assert "Question 3 of 6" in html


def test_enter_in_a_text_field_continues_and_does_not_go_back():
    html = page("{% extends 'question.html' %}", form=Question(), question="Where did it happen?")
    first = re.search(r"<button[^>]*>", html)
    assert first is not None
    assert 'value="on"' in first[0]


def test_a_question_page_has_one_heading_and_repeats_no_label():
    html = page("{% extends 'question.html' %}", form=Question(), question="Where did it happen?")
    assert html.count("<h1") == 1
    assert '<label class="field-label visually-hidden"' in html


def test_a_question_page_with_an_error_says_so_in_its_title():
    assert "<title>Error: Form</title>" in page("{% extends 'question.html' %}", form=Question({}), question="Where?")


def test_a_public_form_is_not_remembered_by_the_browser():
    assert 'autocomplete="off"' in page("{% extends 'question.html' %}", form=Question())


def _membership(kind: str = "police"):
    return SimpleNamespace(
        pk=1,
        agency=SimpleNamespace(kind=kind, name="Northmere Police"),
        person=SimpleNamespace(name="Dana Amara", short_name="D. Amara"),
        get_role_display="Investigator",
        supervises=False,
    )


def test_the_desk_shows_agency_places_and_person():
    html = page(
        "{% extends 'desk.html' %}",
        membership=_membership(),
        desk_places=[{"title": "Cases", "url": "/desk/cases/", "current": True, "count": 3}],
    )
    assert "Northmere Police" in html
    assert '<a href="/desk/cases/" aria-current="page">Cases <span class="count">3</span></a>' in html
    assert "D. Amara" in html


def test_the_desk_renders_for_someone_who_acts_for_nobody_yet():
    assert "desk-header" in page("{% extends 'desk.html' %}")


def test_keys_are_off_for_whoever_switched_them_off():
    assert 'data-keys="off"' in page("{% extends 'desk.html' %}", key_hints=False)
    assert 'data-keys="off"' not in page("{% extends 'desk.html' %}", key_hints=True)


def test_an_act_that_can_be_taken_back_says_so_politely():
    html = page("{% include 'look/messages.html' %}", undo={"url": "/desk/undo/", "label": "Take it back", "text": "Referred."})
    assert 'role="status"' in html
    assert '<form method="post" action="/desk/undo/">' in html


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["", "?ground=public", "?lang=ar"])
def test_the_styleguide_shows_every_component(query):
    response = styleguide.show(RequestFactory().get(f"/styleguide/{query}"))
    html = response.content.decode()
    assert not INLINE.search(html)
    assert html.count('class="guide-theme"') == 2
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids)), sorted({one for one in ids if ids.count(one) > 1})


@pytest.mark.django_db
def test_the_styleguide_can_be_mirrored():
    assert '<html lang="ar" dir="rtl">' in styleguide.show(RequestFactory().get("/styleguide/?lang=ar")).content.decode()


def test_the_browser_numbers_the_pages_of_every_print():
    css = (Path(havenline.site.__file__).parent / "static" / "print.css").read_text()
    assert re.search(r"@bottom-right \{ content: counter\(page\) .* counter\(pages\)", css)


@pytest.mark.django_db
def test_a_paper_bears_case_printer_time_entry_hash_and_its_place():
    html = render_to_string(
        "look/print_foot.html",
        {
            "case": "R-4K7M-20QD",
            "printed_by": "D. Amara",
            "printed_at": "Wed 18 Nov 2026, 10:07",
            "ledger_entry": "89,378",
            "hash": "4be1 77c0",
        },
    )
    for part in ("R-4K7M-20QD", "D. Amara", "Wed 18 Nov 2026, 10:07", "89,378", "4be1 77c0"):
        assert part in html


@pytest.mark.parametrize("address", ["/help/", "/privacy/", "/accessibility/", "/without-javascript/"])
def test_the_small_public_pages_stand_and_set_no_cookie(client, address):
    response = client.get(address)
    html = response.content.decode()
    assert response.status_code == 200
    assert html.count("<h1>") == 1
    assert "<title>Form</title>" in html
    assert not response.cookies
    assert not INLINE.search(html)


def test_every_public_page_links_to_help_and_privacy(client):
    html = client.get("/accessibility/").content.decode()
    for address in ("/help/", "/privacy/", "/without-javascript/"):
        assert f'href="{address}"' in html
