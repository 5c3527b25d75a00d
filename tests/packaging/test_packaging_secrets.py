"""No file of the repository holds a key, a token or a password."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.packaging.test_packaging_wheel import ROOT, held

SECRETS = {
    "private key": rb"-{5}BEGIN (?:[A-Z]+ ){0,2}PRIVATE KEY(?: BLOCK)?-{5}",
    "age key": rb"AGE-SECRET-KEY-1[0-9A-Z]{20}",
    "token of a code host": rb"\b(?:gh[pousr]_[A-Za-z0-9]{30}|github_pat_\w{30}|glpat-[\w-]{20})",
    "key of a cloud": rb"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bAIza[\w-]{35}\b",
    "token of a chat": rb"\bxox[abprs]-[0-9A-Za-z-]{10}",
    "token of a registry": rb"\b(?:pypi-AgE[\w-]{20}|npm_[A-Za-z0-9]{36})",
    "signed token": rb"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20,}",
    "password in an address": rb"\b[a-z][a-z+]{2,8}://[^\s/:@\"'{}<>]+:[^\s/@\"'{}<>]{3,}@[\w.-]+",
    "password in an assignment": (
        rb"(?i)(?:passw(?:or)?d|secret|token|api_?key)[\"']?\s*[:=]\s*"
        rb"[\"'](?=[^\"']*[0-9])(?=[^\"']*[a-zA-Z])[A-Za-z0-9+/_-]{20,}={0,2}[\"']"
    ),
}
"""What is looked for.  A digest in hexadecimal or a lock's hash is none of them."""

PATTERNS = {name: re.compile(pattern) for name, pattern in SECRETS.items()}

KEY_FILES = re.compile(r"(?:\.(?:p12|pfx|jks|keystore|kdbx|ppk)|(?:^|/)id_(?:rsa|ed25519|ecdsa))$")


def found(content: bytes) -> list[str]:
    return [name for name, pattern in PATTERNS.items() if pattern.search(content)]


def test_no_secret_is_kept() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: what belongs to the tree is not known")
    files = held(".")
    assert len(files) > 1000
    told = {name: what for name in sorted(files) if (what := found(Path(ROOT, name).read_bytes()))}
    assert told == {}
    assert [name for name in files if KEY_FILES.search(name)] == []


# Written in halves, so that this file is none that it looks for.
@pytest.mark.parametrize(
    ("what", "halves"),
    [
        ("private key", ("-----BEGIN PRIV", "ATE KEY-----\nMIIE")),
        ("private key", ("-----BEGIN OPENSSH PRIV", "ATE KEY-----")),
        ("private key", ("-----BEGIN ENCRYPTED PRIV", "ATE KEY-----")),
        ("token of a code host", ("ghp_", "a1B2" * 9)),
        ("key of a cloud", ("AKIA", "ABCDEFGH12345678")),
        ("token of a chat", ("xoxb-", "123456789012-abc")),
        ("signed token", ("eyJhbGciOiJFUzI1NiJ9.", "eyJzdWIiOiIxMjM0In0." + "s" * 40)),
        ("password in an address", ("amqps://kiosk:", "hunter22@broker.example")),
        ("password in an assignment", ("client_secret = '", "q8Zr2LmX0vTa5WcE7bYd'")),
        ("password in an assignment", ('"api_key": "', 'q8Zr2LmX0vTa5WcE7bYd=="')),
    ],
)
def test_a_planted_one_is_found(what: str, halves: tuple[str, str]) -> None:
    assert what in found(b"\x00noise\n" + "".join(halves).encode() + b"\n")


@pytest.mark.parametrize(
    "text",
    [
        'secret = "/run/credentials/uplink-key-secret"',
        "https://ward.example:8443/path@2",
        'f"{scheme}://{user}:{password}@{host}"',
        "-----BEGIN CERTIFICATE-----",
    ],
)
def test_what_is_none_is_left_alone(text: str) -> None:
    assert found(text.encode()) == []
