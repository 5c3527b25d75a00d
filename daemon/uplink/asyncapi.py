"""The AsyncAPI 3 document, made of the payload types and the list of messages."""

from __future__ import annotations

import inspect
from typing import Any

import msgspec

from daemon.uplink.config import UplinkConfig
from daemon.uplink.down.payloads import Answer
from daemon.uplink.envelope import Envelope
from daemon.uplink.messages import ANSWER, DOWNWARD, UPWARD, Order, Sort
from daemon.uplink.topics import REQUEST, ROOT

API_VERSION = "1.0.0"
BINDING = "0.2.0"
_SCHEMAS = "#/components/schemas/"
_WORDS = {
    "ward": "Five digits of the ward's unit code.",
    "kiosk": "Id of the kiosk, such as 26824-k01.",
    "code": "A code of the table of alarms.",
    "instance": "Device or part the alarm is about.",
    "requester": "Whoever asked chooses this name.",
    "name": "Name of the command.",
    "what": "Kind of the fact, such as register.entry.",
}


def _described(schema: Any) -> Any:
    """The same; each docstring as Python 3.13 tells it, which takes its indent away."""
    if isinstance(schema, dict):
        return {
            key: inspect.cleandoc(part)
            if key == "description" and isinstance(part, str)
            else _described(part)
            for key, part in schema.items()
        }
    return [_described(part) for part in schema] if isinstance(schema, list) else schema


def document() -> dict[str, Any]:
    """The whole document, ready for JSON or YAML."""
    kinds = {sort.payload for sort in UPWARD} | {order.claims for order in DOWNWARD} | {Envelope}
    ordered = sorted(kinds, key=lambda kind: kind.__name__)
    _, made = msgspec.json.schema_components(ordered, ref_template=_SCHEMAS + "{name}")
    schemas = _described(made)
    channels: dict[str, Any] = {}
    operations: dict[str, Any] = {}
    messages: dict[str, Any] = {}
    for sort in UPWARD:
        name = _name(sort.name)
        messages[name] = _message(sort)
        channels[name] = _channel("{ward}/{kiosk}/up/" + sort.name, name)
        operations["tell_" + name] = _told(sort, name)
    for order in DOWNWARD:
        name = _name(order.name.partition("/down/")[2])
        if "/all/" in order.name:
            name += "_all"
        messages[name] = _signed(order)
        channels[name] = _channel(order.name, name)
        operations["hear_" + name] = _heard(order, name)
    for name, title, where in (
        ("sealed", "CMS (RFC 5652) to the ward's certificate.", "sealed/{what}"),
        ("request", "PKCS#10 (RFC 2986), DER: the kiosk asks for a new certificate.", REQUEST),
    ):
        messages[name] = _binary(title, "pkcs7-mime" if name == "sealed" else "pkcs10")
        channels[name] = _channel("{ward}/{kiosk}/up/" + where, name)
        operations["tell_" + name] = {
            "action": "send",
            "channel": {"$ref": "#/channels/" + name},
            "bindings": {"mqtt": {"qos": 1, "retain": False, "bindingVersion": BINDING}},
        }
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Ward Kiosk",
            "version": API_VERSION,
            "description": "What a kiosk tells its ward over MQTT 5, and what it takes from it."
            " A receiver ignores fields that it does not know.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "servers": {"ward": _server()},
        "channels": channels,
        "operations": operations,
        "components": {"messages": messages, "schemas": schemas},
    }


def schema_of(sort: Sort) -> dict[str, Any]:
    """JSON Schema of a whole message: the envelope with the payload in `data`."""
    return {
        "allOf": [
            {"$ref": _SCHEMAS + "Envelope"},
            {
                "type": "object",
                "required": ["data"],
                "properties": {"data": {"$ref": _SCHEMAS + sort.payload.__name__}},
            },
        ]
    }


def _name(topic: str) -> str:
    words = topic.replace("/", "_").replace(".", "_").replace("-", "_")
    return (
        words.replace("_{code}", "")
        .replace("_{instance}", "")
        .replace("_{requester}", "")
        .replace("_{name}", "")
    )


def _channel(topic: str, message: str) -> dict[str, Any]:
    places = [part[1:-1] for part in topic.split("/") if part.startswith("{")]
    channel: dict[str, Any] = {
        "address": ROOT + topic,
        "messages": {message: {"$ref": "#/components/messages/" + message}},
    }
    if places:
        channel["parameters"] = {name: {"description": _WORDS[name]} for name in places}
    return channel


def _message(sort: Sort) -> dict[str, Any]:
    message: dict[str, Any] = {
        "name": _name(sort.name),
        "summary": " ".join((sort.payload.__doc__ or "").split()),
        "contentType": "application/json",
        "payload": schema_of(sort),
        "bindings": {"mqtt": {"payloadFormatIndicator": 1, "bindingVersion": BINDING}},
    }
    if sort.payload is Answer:
        message["correlationId"] = {
            "description": "Correlation data of the command.",
            "location": "$message.header#/correlationData",
        }
    return message


def _told(sort: Sort, name: str) -> dict[str, Any]:
    binding: dict[str, Any] = {"qos": sort.qos, "retain": sort.retain, "bindingVersion": BINDING}
    if sort.expiry is not None:
        binding["messageExpiryInterval"] = sort.expiry
    return {
        "action": "send",
        "channel": {"$ref": "#/channels/" + name},
        "summary": sort.when,
        "bindings": {"mqtt": binding},
    }


def _signed(order: Order) -> dict[str, Any]:
    return {
        "name": _name(order.name),
        "summary": " ".join((order.claims.__doc__ or "").split()),
        "description": f"Compact JWS (RFC 7515, EdDSA) whose payload is {order.claims.__name__}:"
        f" `{_SCHEMAS}{order.claims.__name__}`.",
        "contentType": "application/jose",
        "payload": {
            "type": "string",
            "pattern": r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$",
            "contentMediaType": "application/jose",
        },
        "headers": {
            "type": "object",
            "properties": {
                "responseTopic": {"type": "string"},
                "correlationData": {"type": "string"},
            },
        },
        "bindings": {"mqtt": {"contentType": "application/jose", "bindingVersion": BINDING}},
    }


def _heard(order: Order, name: str) -> dict[str, Any]:
    binding: dict[str, Any] = {"qos": 1, "retain": order.retain, "bindingVersion": BINDING}
    operation: dict[str, Any] = {
        "action": "receive",
        "channel": {"$ref": "#/channels/" + name},
        "summary": order.when,
    }
    if not order.retain:
        binding["messageExpiryInterval"] = 120
        operation["reply"] = {
            "address": {"location": "$message.header#/responseTopic"},
            "channel": {"$ref": "#/channels/" + _name(ANSWER.name)},
        }
    operation["bindings"] = {"mqtt": binding}
    return operation


def _binary(title: str, kind: str) -> dict[str, Any]:
    return {
        "summary": title,
        "contentType": "application/" + kind,
        "payload": {"type": "string", "contentEncoding": "binary"},
    }


def _server() -> dict[str, Any]:
    config = UplinkConfig()
    return {
        "host": f"broker.example:{config.port}",
        "protocol": "mqtts",
        "protocolVersion": "5.0",
        "description": "TLS 1.3 with certificates on both sides.",
        "security": [{"type": "X509"}],
        "bindings": {
            "mqtt": {
                "clientId": "26824-k01",
                "cleanSession": False,
                "keepAlive": config.keepalive,
                "sessionExpiryInterval": config.session_expiry,
                "lastWill": {
                    "topic": ROOT + "{ward}/{kiosk}/up/presence",
                    "qos": 1,
                    "message": "presence with `online: false` and reason `lost`",
                    "retain": True,
                },
                "bindingVersion": BINDING,
            }
        },
    }
