"""Real servers on loopback that play a host, and note what they were asked."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.test import override_settings

Speak = Callable[[socket.socket], None]


class Asked:
    """Every request that arrived, as bytes, up to the end of its headers; and what came after them."""

    def __init__(self) -> None:
        self.requests = list[bytes]()
        self.connections = 0
        self.port = 0

    @property
    def methods(self) -> list[str]:
        return [request.split(b" ")[0].decode() for request in self.requests]


@contextmanager
def host_that(speak: Speak | bytes, *, name: str = "pictures.example", tls: ssl.SSLContext | None = None) -> Iterator[Asked]:
    """A host under this name. `speak`: its answer, or what it does with the connection once the request is read."""
    listening, asked, over = socket.create_server(("127.0.0.1", 0)), Asked(), threading.Event()
    asked.port = listening.getsockname()[1]

    def one(line: socket.socket) -> None:
        with line, suppress(OSError):
            secure = tls.wrap_socket(line, server_side=True) if tls else line
            said = b""
            while b"\r\n\r\n" not in said and (more := secure.recv(4096)):
                said += more
            asked.requests.append(said)
            if isinstance(speak, bytes):
                secure.sendall(speak)
            else:
                speak(secure)

    def serve() -> None:
        while not over.is_set():
            try:
                line, _address = listening.accept()
            except OSError:
                return
            asked.connections += 1
            threading.Thread(target=one, args=(line,), daemon=True).start()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        with override_settings(HOST_NAMES={name: f"127.0.0.1:{asked.port}"}):
            yield asked
    finally:
        over.set()
        with suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(timeout=2)


def says_nothing(line: socket.socket) -> None:
    time.sleep(3)


def never_ends_its_headers(line: socket.socket) -> None:
    line.sendall(b"HTTP/1.1 103 Early Hints\r\n")
    while True:
        line.sendall(b"X-More: and more\r\n")


def speaks_a_byte_a_moment(line: socket.socket) -> None:
    for byte in b"HTTP/1.1 200 OK" * 100:
        line.sendall(bytes([byte]))
        time.sleep(0.1)


def self_signed(directory: Path, name: str) -> tuple[Path, Path]:
    """A certificate for this name that nobody vouches for: (certificate, key)."""
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    built = x509.CertificateBuilder().subject_name(who).issuer_name(who).public_key(key.public_key()).serial_number(1)
    built = built.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    built = built.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    built = built.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    certificate = built.sign(key, hashes.SHA256())
    files = directory / "certificate.pem", directory / "key.pem"
    files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    files[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    return files
