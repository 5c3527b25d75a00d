"""One connection to the broker: paho-mqtt, wrapped once, driven by the thread that made it.

A lost line is not mended but replaced: what was not acknowledged is in the outbox and goes again.
paho keeps what it has queued in memory and repeats it by itself after a reconnection; with a new
client for each connection there is one place that repeats, and one window.
"""

from __future__ import annotations

import logging
import select
import ssl
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import msgspec
from paho.mqtt.client import Client, MQTTMessage, MQTTMessageInfo
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from daemon.uplink.config import UplinkConfig
from daemon.uplink.errors import LineError

log = logging.getLogger(__name__)

LARGEST_DOWN = 200_000
"""Bytes of one packet that the kiosk takes; the broker keeps larger ones to itself."""
LARGEST = 268_000_000
"""Bytes of one message, where the broker names no bound (MQTT 5 §2.1.4)."""
FAILURE = 0x80
"""Reason codes from here on are refusals (MQTT 5 §2.4)."""
WINDOW = 20
"""Messages under way at once (receive maximum of docs/mqtt.md)."""


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One message as it goes out."""

    topic: str
    body: bytes
    qos: int = 1
    retain: bool = False
    expiry: int | None = None
    """Seconds after which the broker forgets it."""
    sealed: bool = False
    """The body is CMS, not JSON."""
    user: list[tuple[str, str]] = []
    correlation: bytes | None = None
    """Of the command that it answers."""
    kind: str = ""
    """Content type, where it is neither JSON nor CMS."""


class Incoming(msgspec.Struct, frozen=True, kw_only=True):
    """One message that came down, nothing of it believed."""

    topic: str
    body: bytes
    retained: bool = False
    response: str = ""
    correlation: bytes | None = None
    subscriptions: tuple[int, ...] = ()
    """Numbers of the subscriptions it came by, where they have one."""


Heard = Callable[[Incoming], None]
"""Takes one, in the line's thread."""


class Answer(msgspec.Struct, frozen=True):
    """The broker's acknowledgement."""

    number: int
    refused: str = ""
    """Name of the reason where it did not take the message."""


class Line:
    """One connection, from dialling to its end.  All methods belong to one thread."""

    def __init__(
        self,
        config: UplinkConfig,
        name: str,
        will: Message,
        heard: Heard | None = None,
        listen: tuple[str, ...] = (),
        pair: tuple[str, str] | None = None,
    ) -> None:
        """Dials, waits for the broker's yes, and asks for the topics `listen`.

        `heard` gets what comes; `pair` = files of certificate and key in place of those that the
        configuration names.  Raises LineError.
        """
        self._heard = heard
        self._pair = pair
        self.window = WINDOW
        self.largest = LARGEST
        self._config = config
        self._answers: list[Answer] = []
        self._welcome: ReasonCode | None = None
        self._over = ""
        self._client = self._made(name, will)
        try:
            self._dial()
            self._listen(listen)
        except BaseException:
            self.drop()
            raise

    def send(self, message: Message) -> int:
        """Hands a message over; returns the number its `Answer` will carry."""
        given: MQTTMessageInfo = self._client.publish(
            message.topic,
            message.body,
            qos=message.qos,
            retain=message.retain,
            properties=_PLAIN if _is_plain(message) else _properties(PacketTypes.PUBLISH, message),
        )
        if given.rc == MQTTErrorCode.MQTT_ERR_NO_CONN:
            self._over = self._over or "lost"
        return given.mid

    def ask(self, wanted: tuple[str, ...], number: int) -> None:
        """Asks for what stands on these topics; it comes with this number (1 to 2^28 - 1)."""
        properties = empty_properties(PacketTypes.SUBSCRIBE)
        properties.SubscriptionIdentifier = number
        options = SubscribeOptions(qos=1, retainAsPublished=True, retainHandling=0)
        self._client.subscribe([(topic, options) for topic in wanted], properties=properties)

    def turn(self, seconds: float, wake: int | None = None) -> list[Answer]:
        """Reads and writes for at most so long, or until `wake` (a descriptor) is readable.

        Returns the acknowledgements that came.  Raises LineError where the line is lost.
        """
        place = self._client.socket()
        if place is None or self._over:
            raise LineError(self._over or "lost")
        if isinstance(place, ssl.SSLSocket) and place.pending():
            seconds = 0.0
        readable: list[Any] = [place] if wake is None else [place, wake]
        writable = [place] if self._client.want_write() else []
        can_read, can_write, _ = select.select(readable, writable, [], max(0.0, seconds))
        steps = [self._client.loop_misc]
        if can_write:
            steps.insert(0, self._client.loop_write)
        if place in can_read or seconds == 0.0:
            steps.insert(0, self._client.loop_read)
        for step in steps:
            if step() != MQTTErrorCode.MQTT_ERR_SUCCESS or self._over:
                raise LineError(self._over or "lost")
        answers, self._answers = self._answers, []
        return answers

    def close(self, goodbye: Message, seconds: float) -> None:
        """Says goodbye, waits at most so long for its acknowledgement, disconnects: no will."""
        ends = time.monotonic() + seconds
        try:
            number = self.send(goodbye)
            while (left := ends - time.monotonic()) > 0:
                if any(answer.number == number for answer in self.turn(left)):
                    break
            self._client.disconnect()
            while self._client.want_write() and time.monotonic() < ends:
                self._client.loop_write()
        except (LineError, OSError):
            pass  # the will speaks instead
        finally:
            self.drop()

    def drop(self) -> None:
        """Lets go without a word."""
        place = self._client.socket()
        if place is not None:
            place.close()

    # -- inside ----------------------------------------------------------------------------

    def _made(self, name: str, will: Message) -> Client:
        config = self._config
        client = Client(
            CallbackAPIVersion.VERSION2,
            name,
            protocol=MQTTProtocolVersion.MQTTv5,
            reconnect_on_failure=False,
        )
        client.connect_timeout = config.connect
        client.max_inflight_messages_set(WINDOW)
        client.on_connect = self._welcomed
        client.on_disconnect = self._ended
        client.on_publish = self._answered
        client.on_message = self._came
        client.on_subscribe = self._subscribed
        if config.tls:
            client.tls_set_context(tls_context(config, self._pair))
        if config.user:
            client.username_pw_set(config.user, password(config.password_file))
        properties = _properties(PacketTypes.WILLMESSAGE, will)
        properties.WillDelayInterval = config.will_delay
        client.will_set(will.topic, will.body, will.qos, will.retain, properties)
        return client

    def _dial(self) -> None:
        properties = empty_properties(PacketTypes.CONNECT)
        properties.SessionExpiryInterval = self._config.session_expiry
        properties.ReceiveMaximum = WINDOW
        properties.MaximumPacketSize = LARGEST_DOWN
        try:
            self._client.connect(
                self._config.broker,
                self._config.port,
                self._config.keepalive,
                clean_start=False,
                properties=properties,
            )
        except ssl.SSLError as error:
            raise LineError("tls", error.reason or type(error).__name__) from None
        except (OSError, ValueError) as error:
            raise LineError("unreachable", type(error).__name__) from None
        ends = time.monotonic() + self._config.connect
        while self._welcome is None:
            left = ends - time.monotonic()
            if left <= 0:
                raise LineError("unreachable", "no answer to CONNECT")
            self.turn(left)
        if self._welcome.value >= FAILURE:
            raise LineError("refused", str(self._welcome))

    def _listen(self, wanted: tuple[str, ...]) -> None:
        """Commands that stand on the broker are not asked for; configuration and keys are."""
        options = [
            (
                topic,
                SubscribeOptions(
                    qos=1, retainAsPublished=True, retainHandling=2 if topic.endswith("+") else 0
                ),
            )
            for topic in wanted
        ]
        if options:
            self._client.subscribe(options)

    def _subscribed(
        self, client: Client, data: Any, number: int, reasons: list[ReasonCode], properties: Any
    ) -> None:
        refused = sum(reason.value >= FAILURE for reason in reasons)
        if refused:
            log.warning(
                "uplink: the broker lets %d of %d topics not be read", refused, len(reasons)
            )

    def _came(self, client: Client, data: Any, message: MQTTMessage) -> None:
        if self._heard is None:
            return
        try:
            topic = message.topic
        except UnicodeDecodeError:
            return
        properties = message.properties
        self._heard(
            Incoming(
                topic=topic,
                body=bytes(message.payload),
                retained=bool(message.retain),
                response=getattr(properties, "ResponseTopic", ""),
                correlation=getattr(properties, "CorrelationData", None),
                subscriptions=tuple(getattr(properties, "SubscriptionIdentifier", ())),
            )
        )

    def _welcomed(
        self, client: Client, data: Any, flags: Any, reason: ReasonCode, properties: Any
    ) -> None:
        self._welcome = reason
        self.window = min(WINDOW, getattr(properties, "ReceiveMaximum", WINDOW))
        self.largest = min(LARGEST, getattr(properties, "MaximumPacketSize", LARGEST))
        if reason.value >= FAILURE:
            self._over = f"refused ({reason})"

    def _ended(
        self, client: Client, data: Any, flags: Any, reason: ReasonCode, properties: Any
    ) -> None:
        self._over = self._over or f"lost ({reason})"

    def _answered(
        self, client: Client, data: Any, number: int, reason: ReasonCode, properties: Any
    ) -> None:
        refused = str(reason) if reason.value >= FAILURE else ""
        self._answers.append(Answer(number, refused))


def tls_context(config: UplinkConfig, pair: tuple[str, str] | None = None) -> ssl.SSLContext:
    """TLS 1.3 with what the configuration names, or another pair of certificate and key.

    Raises LineError.
    """
    try:
        context = ssl.create_default_context(cafile=config.ca or None)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        if pair is not None or config.certificate:
            files = pair or (config.certificate, config.key)
            secret = config.key_secret if pair is not None else ""
            # Without a callback OpenSSL would ask at the terminal for that of a sealed key.
            context.load_cert_chain(*files, password=lambda: password(secret) or "")
    except (OSError, ssl.SSLError, ValueError) as error:
        raise LineError("certificate", f"ca, certificate or key: {type(error).__name__}") from None
    return context


def password(path: str) -> str | None:
    """The first line of the file; None where none is named.  Raises LineError."""
    if not path:
        return None
    try:
        return Path(path).read_text(encoding="utf-8").partition("\n")[0]
    except (OSError, UnicodeDecodeError) as error:
        raise LineError("password", f"password_file: {type(error).__name__}") from None


def _properties(packet: int, message: Message) -> Properties:
    properties = empty_properties(packet)
    named = "application/pkcs7-mime" if message.sealed else "application/json"
    properties.ContentType = message.kind or named
    properties.PayloadFormatIndicator = 0 if message.sealed or message.kind else 1
    if message.correlation is not None:
        properties.CorrelationData = message.correlation
    if message.expiry is not None:
        properties.MessageExpiryInterval = message.expiry
    pairs: Iterable[tuple[str, str]] = message.user
    for pair in pairs:
        properties.UserProperty = pair
    return properties


def empty_properties(packet: int) -> Properties:
    """To be filled."""
    made: Properties = Properties(packet)  # type: ignore[no-untyped-call]
    return made


def _is_plain(message: Message) -> bool:
    """JSON with nothing else to say about it, as nearly all facts are."""
    return not (
        message.sealed
        or message.kind
        or message.user
        or message.expiry is not None
        or message.correlation is not None
    )


_PLAIN = _properties(PacketTypes.PUBLISH, Message(topic="", body=b""))
"""Made once: paho takes longer to make these than to send a fact."""
