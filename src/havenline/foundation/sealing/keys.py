"""Keys on disk, or as they were given (`given`): who holds which. The public process never loads the desk's private key.

`$HAVENLINE_HOME/keys/` (mode 700) holds desk.key and desk.pub (X25519: what reporters write is sealed to it),
agency-….key and agency-….pub of each agency, form.key (the answers that ride in the public form), receipt.key (receipts
look-up; not on a public host), one signing secret a role, lists.key with lists.pub (Ed25519: what signs the lists that leave), and
ledger.key (Ed25519: what signs the ledger's checkpoints) with ledger.pub, which tells every key that ever did, the present one
first. `havenline setup` and the demo make them, adding an agency makes its pair; nothing here ever makes one on the way.
"""

import os
import secrets
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from django.conf import settings

from havenline.engines import proof
from havenline.foundation.sealing import given

SECRETS = ("form.key", "receipt.key", "mac.key")


class KeyMissing(Exception):
    """A key is not where it should be; says which, and what to do."""


class KeyNotHere(Exception):
    """This process must not read what reporters wrote (HOUSE: trust boundaries)."""


def make(directory: Path, *, host: str = "localhost") -> None:
    """Make every key that an installation needs. Refuses to touch a directory that holds one already.

    `host`: what the name of its ledger begins with.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(directory.iterdir()):
        raise FileExistsError(f"{directory} already holds keys. They are never overwritten: what they sealed could not be read again.")
    private = X25519PrivateKey.generate()
    raw = serialization.Encoding.Raw
    _write(directory / "desk.key", private.private_bytes(raw, serialization.PrivateFormat.Raw, serialization.NoEncryption()))
    _write(directory / "desk.pub", private.public_key().public_bytes(raw, serialization.PublicFormat.Raw))
    api = X25519PrivateKey.generate()
    _write(directory / "api.key", api.private_bytes_raw())
    _write(directory / "api.pub", api.public_key().public_bytes_raw())
    for name in SECRETS:
        _write(directory / name, secrets.token_bytes(32))
    for role in ("public", "desk"):
        _write(directory / f"{role}.secret", secrets.token_urlsafe(50).encode())
    make_ledger_key(directory, host=host)
    make_lists_key(directory, host=host)


def make_lists_key(directory: Path, *, host: str) -> proof.SigningKey:
    """Make what signs the lists that leave, under a name of its own; the one that is there where there is one."""
    path = directory / "lists.key"
    if not path.exists():
        _write(path, proof.SigningKey.make(f"{host}/lists/{secrets.token_hex(4)}").text().encode())
    key = proof.SigningKey.read(path.read_text())
    if not (directory / "lists.pub").exists():
        _write(directory / "lists.pub", f"{key.public}\n".encode())
    return key


def desk_note(public: bytes) -> str:
    """What is signed of the desk's public key."""
    return f"havenline desk key\n{public.hex()}\n"


def make_ledger_key(directory: Path, *, host: str) -> proof.SigningKey:
    """Make the first key of the ledger, under a name that no other ledger has: two of one name would be taken for one that split."""
    path = directory / "ledger.key"
    if path.exists():  # a making that broke off
        key = proof.SigningKey.read(path.read_text())
    else:
        key = proof.SigningKey.make(_name_of(host))
        _write(path, key.text().encode())
    _write(directory / "ledger.pub", f"{key.public}\n".encode())
    if (directory / "desk.pub").exists():
        (directory / "desk.pub.signed").unlink(missing_ok=True)
        _write(directory / "desk.pub.signed", proof.signed(desk_note((directory / "desk.pub").read_bytes()), [key]).encode())
    return key


def next_ledger_key(*, under_a_new_name: bool = False) -> proof.SigningKey:
    """A key for the ledger to change to, kept as ledger.key.next; the same one where a change broke off. Raises KeyMissing.

    `under_a_new_name`: the ledger was restored from a backup; to witnesses it is another one from here on.
    """
    path = Path(settings.KEYS) / "ledger.key.next"
    if not path.exists():
        name = ledger_key().name
        _write(path, proof.SigningKey.make(_name_of(name.partition("/")[0]) if under_a_new_name else name).text().encode())
    return proof.SigningKey.read(path.read_text())


def _name_of(host: str) -> str:
    return f"{host}/ledger/{secrets.token_hex(4)}"


def take_next_ledger_key() -> None:
    """Put the next key in the place of the present one, which is destroyed: what it signed is checked with ledger.pub."""
    directory = Path(settings.KEYS)
    key = proof.SigningKey.read(read("ledger.key.next").decode())
    told = [one for one in ledger_public_keys() if one != str(key.public)]
    (directory / "ledger.pub.next").unlink(missing_ok=True)
    _write(directory / "ledger.pub.next", "".join(f"{one}\n" for one in (str(key.public), *told)).encode())
    (directory / "ledger.pub.next").replace(directory / "ledger.pub")
    (directory / "ledger.key.next").replace(directory / "ledger.key")
    _sync(directory)


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def is_there(name: str) -> bool:
    """Whether there is a key of this name."""
    held = given.keys()
    return name in held if held is not None else (Path(settings.KEYS) / name).exists()


def names() -> list[str]:
    """What every key here is called."""
    held = given.keys()
    return sorted(held if held is not None else (path.name for path in Path(settings.KEYS).iterdir() if path.is_file()))


def changed_at(name: str) -> float:
    """When a key was written, in seconds since 1970; 0 where it came with the process."""
    return 0.0 if given.keys() is not None else (Path(settings.KEYS) / name).stat().st_mtime


def put_in_place(new: str, name: str) -> None:
    """Let a key that was written under another name take this one's place."""
    _must_be_files()
    directory = Path(settings.KEYS)
    (directory / new).replace(directory / name)
    _sync(directory)


def forget(name: str) -> None:
    """Destroy a key."""
    _must_be_files()
    (Path(settings.KEYS) / name).unlink(missing_ok=True)
    _sync(Path(settings.KEYS))


def _must_be_files() -> None:
    if given.keys() is not None:
        raise KeyMissing("The keys were given to this process and are no files here: change them where they are kept, and start it anew.")


def write(name: str, content: bytes) -> None:
    """Keep a key of this name, mode 600, whole or not at all. What stood there is replaced. Raises KeyMissing where keys are no files."""
    _must_be_files()
    path = Path(settings.KEYS) / name
    beside = path.with_name(f".{name}.{secrets.token_hex(4)}")
    _write(beside, content)
    beside.replace(path)
    _sync(path.parent)


def read(name: str) -> bytes:
    """The content of one key file; read again only once it was changed. Raises KeyMissing."""
    path = Path(settings.KEYS) / name
    held = given.keys()
    if held is not None:
        if name not in held:
            raise KeyMissing(f"The key {name} is not among those that were given to this process.")
        return held[name]
    try:
        found = path.stat()
        return _content(str(path), found.st_mtime_ns, found.st_ino, found.st_size)
    except OSError as error:
        to_do = "Restore it from your backup of keys, or run havenline doctor."
        if name.startswith("ledger") and not (path.parent / "ledger.pub").exists():
            to_do = "A home that is older than it makes one by: havenline ledger new-key"
        if name == "lists.key" and not (path.parent / "lists.pub").exists():
            to_do = "A home that is older than it makes one by: havenline migrate"
        raise KeyMissing(f"The key {path} cannot be read ({error.strerror}). {to_do}") from error


@lru_cache(maxsize=256)
def _content(path: str, _changed: int, _file: int, _size: int) -> bytes:
    return Path(path).read_bytes()


def secret(name: str) -> bytes:
    """A symmetric secret, 32 bytes: "form.key", "receipt.key" or "mac.key"."""
    return read(name)


def ledger_key() -> proof.SigningKey:
    """What signs the ledger's checkpoints, read anew each time: it may have been changed. Raises KeyMissing."""
    try:
        return proof.SigningKey.read(read("ledger.key").decode())
    except (proof.BadKey, UnicodeDecodeError) as error:
        raise KeyMissing(f"{Path(settings.KEYS) / 'ledger.key'} holds no signing key. Restore it from your backup of keys.") from error


def lists_key() -> proof.SigningKey:
    """What signs the lists that leave. Raises KeyMissing."""
    try:
        return proof.SigningKey.read(read("lists.key").decode())
    except (proof.BadKey, UnicodeDecodeError) as error:
        raise KeyMissing(f"{Path(settings.KEYS) / 'lists.key'} holds no signing key. Restore it from your backup of keys.") from error


def public_log_key() -> proof.SigningKey:
    """The same key under the name of the public log: whoever knows one of both names cannot take one for the other. Raises KeyMissing."""
    key = ledger_key()
    return proof.SigningKey(_of_the_public_log(key.name), key.kind, key.seed)


def public_log_public_keys() -> list[str]:
    """Every key that has signed the public log, the present one first. Raises KeyMissing."""
    read = [proof.VerifierKey.read(one) for one in ledger_public_keys()]
    return [str(proof.VerifierKey(_of_the_public_log(key.name), key.kind, key.public)) for key in read]


def _of_the_public_log(name: str) -> str:
    return name.replace("/ledger/", "/log/")


def ledger_public_keys() -> list[str]:
    """Every key that has signed checkpoints, the present one first. Raises KeyMissing."""
    return read("ledger.pub").decode().split()
