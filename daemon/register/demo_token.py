"""Child process of `demo_pki`: puts keys and certificates on a SoftHSM token.

It reads one JSON object from its standard input, so that no key stands on a command line, and runs
apart because the token's library keeps for good the folder with which it was first loaded.
"""

from __future__ import annotations

import base64
import sys

import msgspec
import pkcs11
from pkcs11.util.ec import decode_ec_private_key
from pkcs11.util.rsa import decode_rsa_private_key
from pkcs11.util.x509 import decode_x509_certificate

from daemon.register.token import find_module


class Item(msgspec.Struct, frozen=True):
    """A key (PKCS#1 or SEC 1 DER) and its certificate (DER), base64."""

    label: str
    kind: str
    """`ec` or `rsa`."""
    key: str
    certificate: str


class Job(msgspec.Struct, frozen=True):
    """What to put on which token."""

    token: str
    pin: str
    items: tuple[Item, ...]


def main() -> int:
    """Do the job on standard input; exit 0 when all objects are on the token."""
    job = msgspec.json.decode(sys.stdin.buffer.read(), type=Job)
    token = pkcs11.lib(find_module()).get_token(token_label=job.token)
    with token.open(rw=True, user_pin=job.pin) as session:
        for item in job.items:
            decode = decode_ec_private_key if item.kind == "ec" else decode_rsa_private_key
            key = decode(base64.b64decode(item.key))
            certificate = decode_x509_certificate(base64.b64decode(item.certificate))
            common = {
                pkcs11.Attribute.TOKEN: True,
                pkcs11.Attribute.LABEL: item.label,
                pkcs11.Attribute.ID: item.label.encode(),
            }
            private = {
                pkcs11.Attribute.PRIVATE: True,
                pkcs11.Attribute.SENSITIVE: True,
                pkcs11.Attribute.EXTRACTABLE: False,
                pkcs11.Attribute.SIGN: True,
            }
            session.create_object({**key, **common, **private})
            session.create_object({**certificate, **common})
    return 0


if __name__ == "__main__":
    sys.exit(main())
