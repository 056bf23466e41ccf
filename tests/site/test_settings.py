"""What the settings make of an installation's configuration."""

import pytest

from havenline.site import settings as product


def test_what_a_database_url_asks_of_the_connection_is_never_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL_ALL", "postgres://u:p%40ss@db.example:5433/h?sslmode=verify-full&sslrootcert=/etc/ssl/db.crt")
    said = product._database()
    assert (said["HOST"], said["PORT"], said["NAME"], said["PASSWORD"]) == ("db.example", "5433", "h", "p@ss")
    assert said["OPTIONS"] == {"sslmode": "verify-full", "sslrootcert": "/etc/ssl/db.crt"}
