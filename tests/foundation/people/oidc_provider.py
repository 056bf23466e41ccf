"""An identity provider of a process of its own (OpenID Connect Core 1.0, the code flow with PKCE), which lets in whoever it was told.

`python -m tests.foundation.people.oidc_provider PORT`. `POST /become` says who sits before it, and what it gets wrong.
"""

import base64
import hashlib
import json
import secrets
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "havenline", "a secret of the test"
KEY, ANOTHER = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _one in range(2))


class Provider(BaseHTTPRequestHandler):
    person: dict[str, Any] = {}
    codes: dict[str, dict[str, str]] = {}
    tokens: set[str] = set()

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def do_GET(self) -> None:
        path, asked = urlsplit(self.path).path, {key: values[0] for key, values in parse_qs(urlsplit(self.path).query).items()}
        if path == "/.well-known/openid-configuration":
            ways = {"authorization": "authorize", "token": "token", "userinfo": "userinfo"}
            said = {f"{name}_endpoint": f"{self.issuer}/{way}" for name, way in ways.items()}
            methods = {"token_endpoint_auth_methods_supported": ["client_secret_basic"]}
            self.say({"issuer": self.person.get("calls_itself", self.issuer), "jwks_uri": f"{self.issuer}/jwks", **said, **methods})
        elif path == "/authorize":
            if self.person.get("refuses"):
                return self.lead(asked["redirect_uri"], error="access_denied", state=asked["state"])
            code = secrets.token_urlsafe(16)
            self.codes[code] = asked
            self.lead(asked["redirect_uri"], code=code, state=asked["state"])
        elif path == "/userinfo" and self.headers.get("Authorization", "").removeprefix("Bearer ") in self.tokens:
            self.say({"sub": self.person.get("other_sub", self.person["sub"]), **self.claims()})
        elif path == "/jwks":
            self.say({"keys": [{**json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key())), "kid": "1", "alg": "RS256"}]})
        else:
            self.say({"error": "not found"}, status=404)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/become":
            type(self).person = json.loads(body)
            return self.say({})
        sent = {key: values[0] for key, values in parse_qs(body.decode()).items()}
        asked = self.codes.pop(sent.get("code", ""), None)
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(sent.get("code_verifier", "").encode()).digest()).rstrip(b"=").decode()
        fits = asked is not None and asked.get("code_challenge") == challenge and asked["redirect_uri"] == sent["redirect_uri"]
        if not fits or self.headers.get("Authorization") != f"Basic {basic}":
            return self.say({"error": "invalid_grant"}, status=400)
        now, token = int(time.time()), secrets.token_urlsafe(16)
        self.tokens.add(token)
        about = {
            "iss": self.person.get("signs_as", self.issuer),
            "aud": CLIENT,
            "sub": self.person["sub"],
            "iat": now,
            "exp": now + 60,
            **self.claims(),
        }
        if self.person.get("aud"):
            about["aud"] = self.person["aud"]
        signed = {
            "by another": lambda: jwt.encode(about, ANOTHER, algorithm="RS256", headers={"kid": "1"}),
            "by nobody": lambda: jwt.encode(about, None, algorithm="none", headers={"kid": "1"}),
            "by a secret": lambda: jwt.encode(about, SECRET * 2, algorithm="HS256", headers={"kid": "1"}),
            "by an unknown key": lambda: jwt.encode(about, KEY, algorithm="RS256", headers={"kid": "2"}),
            "not at all": lambda: "nothing",
        }.get(self.person.get("signed", ""), lambda: jwt.encode(about, KEY, algorithm="RS256", headers={"kid": "1"}))()
        return self.say({"access_token": token, "token_type": "Bearer", "expires_in": 60, "id_token": signed})

    def claims(self) -> dict[str, Any]:
        return {name: self.person[name] for name in ("email", "email_verified", "name") if name in self.person}

    def lead(self, where: str, **said: str) -> None:
        self.send_response(302)
        self.send_header("Location", f"{where}?{urlencode(said)}")
        self.end_headers()

    def say(self, body: dict[str, Any], status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *said: Any) -> None:
        pass


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Provider).serve_forever()
