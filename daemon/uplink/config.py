"""[uplink]: how the kiosk reaches the ward's broker."""

from __future__ import annotations

import msgspec


class UplinkConfig(msgspec.Struct, frozen=True, kw_only=True):
    """The values of docs/mqtt.md; an empty `broker` keeps all facts in the outbox."""

    broker: str = ""
    """Host name or address; empty = no connection, nothing is lost."""
    port: int = 8883
    tls: bool = True
    """TLS 1.3; off only on a loopback or inside another tunnel."""
    ca: str = ""
    """PEM file of the authority that signed the broker's certificate; empty = the system's."""
    certificate: str = ""
    """PEM file of the kiosk's own certificate (mutual TLS); read anew at each connection."""
    key: str = ""
    """PEM file of its private key."""
    key_secret: str = ""
    """File with the secret under which a renewed key is encrypted on the disk; as a systemd
    credential it is sealed to the machine.  Empty = the key lies there as it is, mode 0600."""
    command_root: str = ""
    """PEM file of the public Ed25519 key that signs the set of command keys; its private half is
    never on line.  Empty = no command is taken."""
    bundle_to: str = ""
    """How the address of a support bundle that is asked for from above must begin, such as
    https://support.example/; empty = none is sent."""
    renew_days: int = 30
    """Days before its end at which a new certificate is asked for; 0 = never by itself."""
    user: str = ""
    """Name at the broker, where it asks for one besides the certificate."""
    password_file: str = ""
    """File whose first line is the password: a password never stands in the configuration."""
    keepalive: int = 30
    """Seconds between signs of life."""
    will_delay: int = 20
    """Seconds the broker waits before it says `lost`, so that a short break makes no alarm."""
    session_expiry: int = 7 * 86400
    """Seconds the broker keeps the session of a kiosk that is away."""
    connect: float = 5.0
    """Seconds to wait for the broker's answer at each step of connecting."""
    retry_least: float = 1.0
    """Seconds: first bound of the random wait before a new attempt."""
    retry_spread: float = 15.0
    """Seconds over which the first attempts after a lost line are spread at random: the kiosks of a
    broker that starts again do not all come at once."""
    retry_most: float = 120.0
    """Seconds: last bound of it."""
    visit_delay_least: float = 60.0
    """Seconds: a visit's report waits at least so long, so that nobody can tell whose it is."""
    visit_delay_most: float = 600.0
    health_every: float = 60.0
    """Seconds between health reports (± 10 % at random); a change is told at once."""
    keep_reports: int = 100_000
    """So many facts may wait before further visit reports are only counted; what the register and
    the payments tell is always kept."""

    def __post_init__(self) -> None:
        _within("port", self.port, 1, 65535)
        _within("keepalive", self.keepalive, 5, 3600)
        _within("will_delay", self.will_delay, 0, 3600)
        _within("session_expiry", self.session_expiry, 0, 30 * 86400)
        _within("connect", self.connect, 0.1, 60)
        _within("retry_least", self.retry_least, 0.01, 600)
        _within("retry_spread", self.retry_spread, 0, 3600)
        _within("retry_most", self.retry_most, self.retry_least, 3600)
        _within("visit_delay_least", self.visit_delay_least, 0, 3600)
        _within("visit_delay_most", self.visit_delay_most, self.visit_delay_least, 86400)
        _within("health_every", self.health_every, 1, 3600)
        _within("renew_days", self.renew_days, 0, 3650)
        _within("keep_reports", self.keep_reports, 100, 10_000_000)
        if bool(self.certificate) != bool(self.key):
            missing = "key" if self.certificate else "certificate"
            raise ValueError(f"{missing}: read '', the PEM file that goes with the other is right")


def _within(name: str, read: float, least: float, most: float) -> None:
    if not least <= read <= most:
        raise ValueError(f"{name}: read {read}, {least:g} to {most:g} is right")
