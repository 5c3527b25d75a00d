"""Rights at the broker, written out for each certificate: no name is ever part of a pattern.

A kiosk may publish below its own `up/` and read its own `down/`, its ward's `all/down/`, the
city's, and what the other kiosks of its ward tell of their queue; nothing
else.  The names are the common names of the certificates.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Literal

import msgspec

from daemon.uplink import topics

Right = Literal["read", "write"]
Broker = Literal["mosquitto", "rabbitmq"]

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class Rights(msgspec.Struct, frozen=True):
    """Of one certificate."""

    name: str
    read: tuple[str, ...]
    write: tuple[str, ...]


def of_kiosk(kiosk: str) -> Rights:
    """Raises ValueError where the name is none of a kiosk."""
    place = f"{topics.ROOT}{topics.ward(kiosk)}/"
    return Rights(
        kiosk,
        read=(
            f"{place}{kiosk}/down/#",
            f"{place}all/down/#",
            f"{topics.ROOT}city/down/#",
            f"{place}+/up/queue/#",
        ),
        write=(f"{place}{kiosk}/up/#",),
    )


def of_ward(name: str, ward: str) -> Rights:
    """The ward's system: hears its kiosks, commands them.  Raises ValueError."""
    if not re.fullmatch(r"\d{5}", ward):
        raise ValueError(f"ward: read {ward!r}, five digits are right")
    place = f"{topics.ROOT}{ward}/"
    return Rights(
        _named(name),
        read=(f"{place}+/up/#",),
        write=(f"{place}+/down/cmd/+", f"{place}+/down/desired"),
    )


def of_bridge(name: str, ward: str) -> Rights:
    """The ward's broker at the city's: hands up what its kiosks tell, brings down what is for them.

    Raises ValueError.
    """
    if not re.fullmatch(r"\d{5}", ward):
        raise ValueError(f"ward: read {ward!r}, five digits are right")
    place = f"{topics.ROOT}{ward}/"
    return Rights(
        _named(name),
        read=(f"{place}+/down/#", f"{topics.ROOT}city/down/#"),
        write=(f"{place}+/up/#",),
    )


def of_city(name: str) -> Rights:
    """The city's system: hears all, commands all, gives out the keys.  Raises ValueError."""
    return Rights(
        _named(name),
        read=(f"{topics.ROOT}+/+/up/#",),
        write=(
            f"{topics.ROOT}+/+/down/cmd/+",
            f"{topics.ROOT}+/+/down/desired",
            topics.KEYS,
        ),
    )


def mosquitto(rights: Iterable[Rights]) -> str:
    """An `acl_file`, for `use_identity_as_username true` and `use_username_as_clientid true`."""
    lines = [
        "# Made by `python -m daemon.uplink acl`.  In mosquitto.conf beside it:",
        "#   require_certificate true",
        "#   use_identity_as_username true",
        "#   use_username_as_clientid true",
        "#   tls_version tlsv1.3",
    ]
    for one in _once(rights):
        lines += ["", f"user {one.name}"]
        lines += [f"topic read {topic}" for topic in one.read]
        lines += [f"topic write {topic}" for topic in one.write]
    return "\n".join(lines) + "\n"


def rabbitmq(rights: Iterable[Rights]) -> str:
    """Definitions for RabbitMQ (`load_definitions`, `rabbitmqctl import_definitions`), as JSON.

    The MQTT plugin's topics are routing keys of `amq.topic`, where `/` is `.`.  A user has no
    password: its certificate is what it comes with.
    """
    told: dict[str, list[Mapping[str, object]]] = {
        "vhosts": [{"name": "/"}],
        "users": [],
        "permissions": [],
        "topic_permissions": [],
    }
    for one in _once(rights):
        queues = f"^mqtt-(subscription|will)-{re.escape(one.name)}"
        both = f"{queues}|^amq\\.topic$"
        whose = {"user": one.name, "vhost": "/"}
        told["users"].append({"name": one.name, "password_hash": "", "tags": []})
        told["permissions"].append(whose | {"configure": queues, "write": both, "read": both})
        told["topic_permissions"].append(
            whose | {"exchange": "amq.topic", "write": _regex(one.write), "read": _regex(one.read)}
        )
    return json.dumps(told, indent=1) + "\n"


def _regex(patterns: Iterable[str]) -> str:
    """MQTT filters as one regular expression over routing keys."""
    found = []
    for pattern in patterns:
        parts = [
            ".+" if part == "#" else "[^.]+" if part == "+" else re.escape(part)
            for part in pattern.split("/")
        ]
        found.append("\\.".join(parts))
    return "^(" + "|".join(found) + ")$"


def _named(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError(f"name: read {name!r}, letters, digits, . _ - are right")
    return name


def _once(rights: Iterable[Rights]) -> list[Rights]:
    found: dict[str, Rights] = {}
    for one in rights:
        if one.name in found:
            raise ValueError(f"name: {one.name} stands there twice")
        found[one.name] = one
    return list(found.values())
