"""One example of each message, as they stand in docs/mqtt.md."""

from __future__ import annotations

from daemon.uplink.alarms.payload import alarm
from daemon.uplink.down.payloads import Answer, Reported, Wrong
from daemon.uplink.down.words import words
from daemon.uplink.measures import Consumable, Consumables, Counters
from daemon.uplink.payloads import (
    AuditHead,
    CommandDone,
    CommandGiven,
    CommandRefused,
    DayTotals,
    Descriptor,
    DeviceHealth,
    DoorOpened,
    Health,
    Host,
    OfficerCalled,
    Payload,
    Presence,
    ReportsMerged,
    RequestDecided,
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
        commands=("ping", "snapshot", "maintenance"),
        alarms=("paper_low", "link_lost"),
        models={"kinds": "sha256:" + "3a" * 32},
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
    "consumables": Consumables(
        items=(
            Consumable(
                id="paper",
                unit="sheet",
                left=110,
                cap=500,
                pct=22,
                empty_at="2026-11-26T11:20:00+07:00",
                refilled=_MORNING,
            ),
        )
    ),
    "counters": Counters(
        epoch="kqwhzbtrmpla", totals={"copies_ok": 18204, "sessions": 31877, "sheets": 40112}
    ),
    "audit/console": AuditHead(chain="console", n=8812, hash="sha256:" + "9f" * 32),
    "audit/register": AuditHead(chain="register", n=412, hash="sha256:" + "4c" * 32),
    "reported": Reported(
        rev=7,
        applied=False,
        phase="refused",
        errors=(Wrong(key="uplink.port", read="number", allowed="1 to 65535"),),
        keys_rev=3,
    ),
    "state": State(
        mode="in_service",
        busy=True,
        since=_MORNING,
        can={"copy_paper": False, "copy_digital": True, "lookup": True, "ticket": True},
        why={"copy_paper": "page_printer"},
    ),
    "alarm/{code}/{instance}": alarm(
        "paper_low",
        "page_printer",
        state="raised",
        cause="paper_low",
        n=2,
        first="2026-11-24T15:02:11.004+07:00",
        last=_MORNING,
        level=14,
    ),
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
    "event/request.decided": RequestDecided(
        verdict="accepted", officer_s=14, waited_s=41, pages=2, hour="2026-03-02T09+07:00"
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
    "event/day.totals": DayTotals(
        day="2026-11-24",
        sessions=131,
        tickets=96,
        copies=74,
        families={"outcome": {"done": 118, "few": 13}, "rating": {"v5": 40, "v4": 9}},
    ),
    "event/command.done": CommandDone(
        command="maintenance", status="done", code="ok", issuer="ward-ops"
    ),
    "event/command.refused": CommandRefused(code="signature", count=12, since=_MORNING),
    "event/reports.merged": ReportsMerged(
        kind="ticket.issued", count=1480, since="2026-11-20T07:30:00.000+07:00", until=_MORNING
    ),
    "res/{requester}": Answer(
        re="019ab93c-6a20-7b51-8c13-2f60d1e07a91",
        status="done",
        code="ok",
        text_vi=words("ok")[0],
        text_en=words("ok")[1],
    ),
}
"""Topic below `up/` → payload."""
