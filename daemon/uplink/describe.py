"""Writes docs/mqtt.md from the payload types, so that the two cannot part."""

from __future__ import annotations

from typing import Any, get_args

import msgspec

from daemon.uplink import topics
from daemon.uplink.alarms.payload import Words as AlarmWords
from daemon.uplink.config import UplinkConfig
from daemon.uplink.describe_down import sections
from daemon.uplink.down.payloads import Uuid, Words
from daemon.uplink.envelope import Envelope, checked, wrap
from daemon.uplink.examples import EXAMPLES
from daemon.uplink.line import WINDOW
from daemon.uplink.messages import ALARM, ANSWER, STANDING, Sort
from daemon.uplink.payloads import (
    Account,
    Code,
    Day,
    Epoch,
    Fingerprint,
    Hour,
    Payload,
    Percent,
    Stamp,
    Version,
)

_NAMED: dict[Any, str] = {
    Code: "code",
    Version: "version",
    Stamp: "time",
    Hour: "hour",
    Day: "day",
    Epoch: "letters",
    Fingerprint: "`sha256:…`",
    Account: "account",
    Uuid: "uuid",
    AlarmWords: "sentence",
    Words: "sentence",
    Percent: "0…100",
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "text",
    type(None): "null",
}

_HEAD = """\
# What the kiosk tells over MQTT

*Written by `python -m daemon.uplink`; a test fails where it differs from the types.*

The kiosk speaks MQTT 5 to the broker of `[uplink]` and dials out only. `mosquitto_sub` is enough to
listen:

```sh
mosquitto_sub -V 5 -h BROKER -t 'wk/v1/26824/+/up/#' -v
```

Client id = kiosk id; clean start off; session expiry {expiry} d; keep-alive {keepalive} s; will
delay {will} s; receive maximum {window}; TLS 1.3 with certificates on both sides (`tls = true`).
A lost line is dialled again after a random while: {least:g} to {spread:g} s at first, so that a
broker that starts again is not run over, in the end up to {most:g} s. With `broker = ""` nothing is
dialled and all facts wait in the outbox.

## Topics

All begin with `{above}`; QoS 0 or 1, never 2.

| topic | QoS | retained | when |
|---|---|---|---|
"""

_ENVELOPE = """
## The envelope

Every JSON message (content type `application/json`, payload format 1) has these fields around
`data`. A receiver ignores fields that it does not know; within `v` 1 there are only additions.

"""

_RULES = """
**Repeats.** Facts come at least once. A repeat has the same `id`, for ever; within one start of the
kiosk it is the same message to the last byte. Drop what you have seen.

**Order.** (`boot`, `seq`) rises. All of `event/…` and `sealed/…` are one series: a gap means that a
fact is missing or was refused by the broker. Each retained topic is a series of its own: drop
what is lower than what you have.

**Death.** A `presence` with `online: false` counts only if its `boot` and `conn` are those of the
last birth: a will may overtake the next birth. The will is written when the kiosk connects: date it
by its arrival.

**Acknowledged.** A fact leaves the outbox after a PUBACK with a reason code below 0x80. Where the
broker refuses a kind, that kind waits (30 s, doubling up to an hour) and the others go on. What is
larger than the broker's maximum packet size waits and is named in the console.

**Clock.** While `sync` is false, date by `mono` against a later message of the same `boot`.

**Open texts.** Sentences (*sentence*) are those of the kiosk's own tables, and compared with them.

**Sealed.** The body is CMS (RFC 5652, content type `application/pkcs7-mime`) to the ward's
certificate; the envelope's fields are MQTT user properties. Everything that has no open
payload below goes this way: register entries, payments, names, copies. Without the ward's
certificate it waits.

**No person.** Every text in `data` is a code (`^(?!.*\\d{5})[A-Za-z][A-Za-z0-9_.-]{0,47}$`), a time
or a version; a fact that holds anything else is refused when it is kept and again when it is sent.
A visit's report waits a random while (`visit_delay_*`) and tells the hour only; its `id` is of the
moment it is released.
"""

_PAYLOADS = """
## Payloads

[asyncapi.yaml](asyncapi.yaml) is the same for machines (AsyncAPI 3, JSON Schema), made from the
same types. Those of `event/…` are durable facts. *code*, *time*, *hour* as above.
"""


def document() -> str:
    """The whole page."""
    config = UplinkConfig()
    head = _HEAD.format(
        expiry=config.session_expiry // 86400,
        keepalive=config.keepalive,
        will=config.will_delay,
        window=WINDOW,
        least=config.retry_least,
        spread=config.retry_spread,
        most=config.retry_most,
        above="wk/v1/{ward}/{kiosk}/up/",
    )
    lines = [head.rstrip("\n")]
    lines += [_topic(sort) for sort in (*STANDING, ALARM)]
    lines += [
        "| `event/{type}` | 1 | no | as they happen, from the outbox |",
        _topic(ANSWER),
        "| `sealed/{what}` | 1 | no | from the outbox: CMS for the ward's key only; copies never |",
        "| `csr` | 1 | no | PKCS#10: a new certificate is wanted |",
        "| `queue/claims`, `queue/line` | 1 | yes | for the ward's other kiosks: docs/queue.md |",
    ]
    lines += [_ENVELOPE.rstrip("\n"), "", *_table(Envelope), _RULES.rstrip("\n")]
    lines += [*sections(), _PAYLOADS.rstrip("\n")]
    for name, payload in EXAMPLES.items():
        lines += ["", f"### `{name}`", "", _first(type(payload)), "", *_table(type(payload))]
        for part in _parts(type(payload)):
            lines += ["", f"*{part.__name__}:* {_first(part)}", "", *_table(part)]
        lines += ["", "```json", example(name, payload), "```"]
    return "\n".join(lines) + "\n"


def _topic(sort: Sort) -> str:
    kept = "yes" if sort.retain else "no"
    expiry = "" if sort.expiry is None else f", {sort.expiry} s"
    return f"| `{sort.name}` | {sort.qos} | {kept}{expiry} | {sort.when} |"


def example(name: str, payload: Payload) -> str:
    """A whole message as it would stand on the wire."""
    envelope = Envelope(
        v=topics.VERSION,
        id="019ab93c-5f11-7c3a-9d52-6b1f0a7e44d0",
        boot=57,
        seq=1042,
        at="2026-11-25T08:14:03.217+07:00",
        mono=1051443217,
        sync=True,
    )
    return wrap(envelope, checked(payload)).decode()


def _table(kind: type[msgspec.Struct]) -> list[str]:
    rows = ["| field | type |", "|---|---|"]
    for field in msgspec.structs.fields(kind):
        rows.append(f"| `{field.encode_name}` | {_said(field.type)} |")
    return rows


def _parts(kind: type[msgspec.Struct]) -> list[type[msgspec.Struct]]:
    """The structs inside a payload."""
    inside = [field.type for field in msgspec.structs.fields(kind)]
    for at in inside:
        inside.extend(get_args(at))
    return [at for at in inside if isinstance(at, type) and issubclass(at, msgspec.Struct)]


def _first(kind: type[msgspec.Struct]) -> str:
    return " ".join((kind.__doc__ or "").split())


def _said(kind: Any) -> str:
    if kind in _NAMED:
        return _NAMED[kind]
    origin = getattr(kind, "__origin__", None)
    args = get_args(kind)
    if hasattr(kind, "__metadata__"):
        return _bounds(kind)
    if origin is dict:
        return f"object: {_said(args[0])} → {_said(args[1])}"
    if origin is tuple:
        return f"list of {_said(args[0])}"
    if args and all(isinstance(arg, str) for arg in args):
        return " · ".join(f"`{arg}`" for arg in args)
    if args:
        return " or ".join(_said(arg) for arg in args)
    return str(kind.__name__)


def _bounds(kind: Any) -> str:
    for meta in kind.__metadata__:
        if meta.ge is not None:
            return f"{meta.ge}…{meta.le}"
    return _said(kind.__origin__)
