"""One example of each message, as they stand in docs/mqtt.md."""

from __future__ import annotations

from daemon.uplink.payloads import (
    AuditHead,
    CommandGiven,
    Descriptor,
    DeviceHealth,
    DoorOpened,
    Health,
    Host,
    OfficerCalled,
    Payload,
    Presence,
    SessionClosed,
    State,
    TicketIssued,
)

_MORNING = "2026-11-25T08:14:03.217+07:00"

EXAMPLES: dict[str, Payload] = {
    "presence": Presence(online=True, conn=12, reason="boot"),
    "descriptor": Descriptor(
        software="0.1.0",
        devices=("camera", "page_printer", "ticket_printer"),
        facts=("session.closed", "ticket.issued", "officer.called", "door.opened"),
    ),
    "state": State(
        mode="in_service",
        busy=True,
        since=_MORNING,
        can={"copy_paper": False, "copy_digital": True, "lookup": True, "ticket": True},
        why={"copy_paper": "page_printer"},
    ),
    "health": Health(
        devices=(
            DeviceHealth(
                id="camera",
                state="ok",
                last_ok=_MORNING,
                faults=0,
                fig={"sharp": 0.81, "lamp_pct": 74},
            ),
            DeviceHealth(id="page_printer", state="lost", reason="paper_out", faults=3),
        ),
        host=Host(cpu_c=52, disk_pct=41, mem_pct=38, uptime_s=1051443),
    ),
    "audit/console": AuditHead(chain="console", n=8812, hash="sha256:" + "9f" * 32),
    "audit/register": AuditHead(chain="register", n=412, hash="sha256:" + "5c" * 32),
    "event/session.closed": SessionClosed(
        flow="copy",
        outcome="done",
        last_step="Collect",
        total_s=201,
        steps_s={"identify": 22, "place": 31, "pay": 58},
        pages=2,
        copies=1,
        retakes=1,
        hour="2026-11-25T08+07:00",
    ),
    "event/ticket.issued": TicketIssued(
        service="ho_tich", priority=False, hour="2026-11-25T08+07:00"
    ),
    "event/officer.called": OfficerCalled(reason="help", active=True, when=_MORNING),
    "event/door.opened": DoorOpened(open=True, when=_MORNING),
    "event/command.given": CommandGiven(
        n=8812,
        hash="sha256:" + "9f" * 32,
        who="tech02",
        role="tech",
        line="serial",
        command="refill",
        result="ok",
        when=_MORNING,
    ),
}
"""Topic below `up/` → payload."""
