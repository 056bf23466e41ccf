"""Which passwords are taken: twelve characters of any kind, that nobody would try first."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import override_settings

from havenline.site.installation import Deployment


@pytest.mark.parametrize(
    "password",
    ["Havenline2026!!", "hotline-police-2025", "Northmere_Welcome1", "safeguarding children", "PasswordPassword12", "helplinehelpline"],
)
def test_words_of_the_place_are_no_password(password: str) -> None:
    with override_settings(DEPLOYMENT=Deployment(name="Northmere")), pytest.raises(ValidationError):
        validate_password(password)


@pytest.mark.parametrize(
    "password",
    ["planted willow lantern 7", "the police eat orange biscuits", "7391846205183947", "ÄÖÜ ß łąka żółw 12", "x" * 6 + "yz" * 40],
)
def test_anything_else_of_twelve_characters_is_one(password: str) -> None:
    validate_password(password)


@pytest.mark.parametrize("password", ["elevenchars", "qwertyuiop123"])
def test_short_ones_and_common_ones_are_none(password: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(password)
