import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory

from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.records import actions
from tests import factories

pytestmark = pytest.mark.django_db


def test_each_party_is_shown_with_controller_and_lawful_basis(hotline: Agency, police: Agency, senior_analyst: Membership) -> None:
    record = factories.record("report", hotline)
    actions.make_party(record=record, agency=police, purpose="referral", lawful_basis="DPA 2018 s. 35(2)(b)")
    said = {"record": record, "membership": senior_analyst}
    page = render_to_string("records/sidebar.html", said, request=RequestFactory().get("/"))
    assert "Controller: Northmere Police. Basis: DPA 2018 s. 35(2)(b)" in page
    assert "Controller: Northmere Hotline. Basis: UK GDPR art. 6(1)(e) and 9(2)(g), DPA 2018 sch. 1 para. 18 (usual for its kind" in page
