"""The first administrator of a real installation: led to a second factor before anything else."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

SIGNS_IN = """
import sys, django
django.setup()
from django.test import Client
from django.test.utils import setup_test_environment
from havenline.foundation import moment
from havenline.foundation.people.actions import factors
setup_test_environment()
browser = Client(headers={"Host": "localhost"})
print(browser.post("/sign-in/", {"login": "jo@havenline.example", "password": sys.argv[1]})["Location"])
print(browser.get("/desk/people/")["Location"])
secret = browser.get("/desk/account/second-factor/codes/").context["secret"].replace(" ", "")
code = factors.code_at(secret, int(moment.now().timestamp()) // 30)
print(browser.post("/desk/account/second-factor/codes/", {"code": code})["Location"])
print(browser.get("/desk/people/").status_code)
"""


@pytest.mark.slow
def test_whoever_signs_in_to_a_fresh_installation_adds_a_second_factor_first(tmp_path: Path) -> None:
    environment = {**os.environ, "HAVENLINE_HOME": str(tmp_path / "home"), "DJANGO_SETTINGS_MODULE": "havenline.site.settings"}
    environment.pop("DATABASE_URL", None)
    environment.pop("HAVENLINE_ROLE", None)

    def run(*words: str) -> str:
        return subprocess.run([sys.executable, *words], env=environment, capture_output=True, text=True, timeout=120, check=True).stdout

    said = ["--name", "Northmere Hotline", "--base-url", "http://localhost:8000", "--oversight", "Oversight board"]
    made = run("-m", "havenline.cli", "setup", *said, "--admin-name", "Jo Hale", "--admin-email", "jo@havenline.example")
    shown = re.search(r"password: (\S+)", made)
    assert shown
    environment["HAVENLINE_ROLE"] = "desk"
    assert run("-c", SIGNS_IN, shown[1]).split() == [
        "/desk/",
        "/desk/account/second-factor/",
        "/desk/account/second-factor/recovery/",
        "200",
    ]
