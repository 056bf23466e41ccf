"""The files that an operator copies: the programs that read them take them, and they keep what they promise."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from havenline.site import front, installation

FILES = installation.CHECKOUT / "docs/operators/examples"
NGINX = sorted(FILES.glob("nginx-*.conf"))


@pytest.mark.parametrize("file", NGINX, ids=lambda file: file.name)
def test_nginx_never_writes_a_body_to_a_disk_nor_says_who_asked_for_what(file: Path) -> None:
    text = re.sub(r"#.*", "", file.read_text())
    largest, buffer = (re.search(rf"{name} (\d+)m;", text) for name in ("client_max_body_size", "client_body_buffer_size"))
    assert largest
    assert buffer
    assert front.LARGEST_BODY <= int(largest[1]) * 1024 * 1024 <= int(buffer[1]) * 1024 * 1024
    assert "proxy_max_temp_file_size 0;" in text
    logged = re.search(r"log_format havenline '([^']*)'", text)
    assert logged
    assert set(re.findall(r"\$\w+", logged[1])) == {
        "$time_iso8601",
        "$request_method",
        "$status",
        "$body_bytes_sent",
        "$request_time",
    }
    for server in text.split("server {")[1:]:
        assert re.search(r"access_log (off|\S+ havenline);", server)
        assert re.search(r"error_log \S+ crit;", server)


def test_the_desks_host_passes_on_every_path_that_is_not_the_publics() -> None:
    passed = re.search(r"location ~ \^/\(([^)]*)\)", (FILES / "nginx-desk-host.conf").read_text())
    assert passed
    ours = {place.strip("/") for place in (*front.DESK, *front.API)} - {"styleguide", "demo"}
    assert set(passed[1].split("|")) == ours | {"static"}


@pytest.mark.skipif(not shutil.which("nginx"), reason="no nginx here")
@pytest.mark.parametrize("file", NGINX, ids=lambda file: file.name)
def test_nginx_takes_its_files(file: Path, tmp_path: Path) -> None:
    key = ["-keyout", str(tmp_path / "privkey.pem"), "-out", str(tmp_path / "fullchain.pem")]
    subprocess.run(["openssl", "req", "-new", "-x509", "-nodes", "-subj", "/CN=report.example.org", *key], check=True, capture_output=True)
    site = file.read_text().replace("/etc/ssl/havenline", str(tmp_path)).replace("/var/log/nginx", str(tmp_path))
    whole = tmp_path / "nginx.conf"
    whole.write_text(
        f"pid {tmp_path}/pid; error_log {tmp_path}/log crit; events {{}} http {{ {site.replace('listen 80;', 'listen 8080;')} }}"
    )
    done = subprocess.run([str(shutil.which("nginx")), "-t", "-c", str(whole)], capture_output=True, text=True, check=False)
    assert "syntax is ok" in done.stderr, done.stderr


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    units = []
    for unit in [*FILES.glob("*.service"), *FILES.glob("*.timer")]:
        units.append(tmp_path / unit.name)
        # The program stands elsewhere here; a unit whose program is missing is refused.
        units[-1].write_text(unit.read_text().replace("/opt/havenline/.venv/bin/havenline", "/bin/true"))
    done = subprocess.run(["systemd-analyze", "verify", *map(str, units)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", ["havenline.service", "havenline-public.service", "havenline-doctor.service", "havenline-backup.service"])
def test_no_unit_lets_memory_reach_a_disk(name: str) -> None:
    text = (FILES / name).read_text()
    assert "LimitCORE=0" in text
    assert "MemorySwapMax=0" in text
