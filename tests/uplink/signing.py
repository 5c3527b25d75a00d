"""The other end: an offline root, keys of a ward and of the city, and a client that is not ours."""

from __future__ import annotations

import subprocess
import time
import uuid
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc.jwk import OKPKey

from daemon.uplink.down import jose
from tests.uplink.conftest import KIOSK, Broker

ALL = "26824-all"


class City:
    """Holds all private keys."""

    def __init__(self, folder: Path) -> None:
        private = Ed25519PrivateKey.generate()
        self.root_file = folder / "command-root.pem"
        self.root_file.write_bytes(
            private.public_key().public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            )
        )
        pem = private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        self.root = OKPKey.import_key(pem)
        self.keys: dict[str, OKPKey] = {}
        self.set: list[dict[str, Any]] = []
        self.add("city-admin", "admin", "*")
        self.add("ward-ops", "ops", "26824")
        self.add("ward-view", "view", "26824")
        self.add("other-ward", "admin", "27154")

    def add(self, kid: str, role: str, *wards: str, **more: Any) -> None:
        key = self.keys[kid] = OKPKey.generate_key("Ed25519")
        public = {name: str(value) for name, value in key.as_dict(private=False).items()}
        self.set.append({**public, "kid": kid, "role": role, "wards": wards, **more})

    def key_set(self, rev: int = 1, signer: OKPKey | None = None) -> str:
        return jose.sign({"rev": rev, "keys": self.set}, signer or self.root, "root")

    def command(self, cmd: str, kid: str = "ward-ops", /, **more: Any) -> str:
        """A token; `more` are claims in place of the usual ones."""
        now = int(time.time())
        claims = {
            "iss": "ward:26824",
            "sub": "operator-7",
            "role": "admin",
            "aud": KIOSK,
            "jti": str(uuid.uuid4()),
            "iat": now,
            "exp": now + 60,
            "cmd": cmd,
            "args": {},
        }
        signer = more.pop("signer", kid)
        return jose.sign(claims | more, self.keys[signer], kid)

    def desired(self, rev: int, config: dict[str, Any], kid: str = "city-admin", /) -> str:
        claims = {"iss": "city", "role": "admin", "aud": KIOSK, "rev": rev, "config": config}
        return jose.sign(claims, self.keys[kid], kid)


def publish(broker: Broker, topic: str, body: str | bytes, *more: str) -> None:
    """mosquitto_pub, with the content on standard input."""
    subprocess.run(
        [
            *("mosquitto_pub", "-V", "5", "-h", "127.0.0.1", "-p", str(broker.port)),
            *("-q", "1", "-t", topic, "-s", *more),
        ],
        check=True,
        input=body.encode() if isinstance(body, str) else body,
        stdout=subprocess.DEVNULL,
    )


def properties(requester: str = "ops1", correlation: str = "") -> tuple[str, ...]:
    """Response topic and correlation data."""
    more = ("-D", "publish", "correlation-data", correlation) if correlation else ()
    return ("-D", "publish", "response-topic", f"wk/v1/26824/{KIOSK}/up/res/{requester}", *more)


def send(
    broker: Broker, name: str, token: str | bytes, requester: str = "ops1", where: str = KIOSK
) -> None:
    publish(broker, f"wk/v1/26824/{where}/down/cmd/{name}", token, *properties(requester))
