"""The part of docs/mqtt.md about alarms, rights, and what comes down."""

from __future__ import annotations

from daemon.uplink.alarms.book import CHANGES, WITHIN
from daemon.uplink.alarms.table import table
from daemon.uplink.config import UplinkConfig
from daemon.uplink.down.commands import PER_KEY, REPORT_EVERY
from daemon.uplink.down.judge import AHEAD, LONGEST
from daemon.uplink.down.ledger import KEEPS
from daemon.uplink.down.specs import SPECS
from daemon.uplink.messages import DOWNWARD
from daemon.uplink.reports import FEW

_ALARMS = """
## Alarms

One alarm has one key for ever: kiosk, code and instance, so that one topic holds what is so. `n`
counts how often it was raised. Raising and clearing are facts and never dropped; an update takes
the place of one that still waits. Acknowledging is apart from clearing. A cleared alarm stands
for 24 h, then its topic is emptied. After a start, and after a line that was found again, all
active ones are told again; what no source confirms within 90 s of a start is cleared. More than
{changes} changes in {within:.0f} min are one `flapping` alarm, and the part itself is told again
when it has been quiet for as long. That a kiosk is gone is for the ward's system to say, by
`presence`.

| code | severity | what | after | raised · cleared at |
|---|---|---|---|---|
"""

_BOUNDS = """
## What waits, and how much of it

Facts wait in the outbox, across starts, days and pulled plugs. From `uplink.keep_reports`
({reports}) on, visits, tickets and the like are only counted, of calls and the door the newest is
kept; as soon as less than half of that waits, `event/reports.merged` says how many of each were
counted and from when to when. Alarms and what the register tells are always kept.
`event/day.totals` comes after midnight; a group of fewer than {few} visitors stands in `few`, and
`few` never is fewer than that.
"""

_DOWN = """
## What comes down

Off unless `uplink.command_root` names the public Ed25519 key of the offline root. Payment notices
and decisions about signing never come this way.

| topic below `wk/v1/` | payload of the JWS | retained | what |
|---|---|---|---|
"""

_COMMANDS = """
Each is a compact JWS (RFC 7515) with `alg` `EdDSA` or `Ed25519` and a `kid`; any other header is
refused. A command is published with a response topic
`wk/v1/{{ward}}/{{kiosk}}/up/res/{{requester}}`, correlation data and an expiry of at most
{longest} s; its payload is

```json
{{"iss":"ward:26824","sub":"operator-7","role":"ops","aud":"26824-k01","jti":"019ab93c-6a20-7b51-8c13-2f60d1e07a91","iat":1795569243,"exp":1795569363,"cmd":"maintenance","args":{{"on":true,"for_s":7200}}}}
```

Checked in this order: not retained · signed by a key of the set, which may command this ward ·
`aud` is the kiosk or `{{ward}}-all` · `cmd` is the topic's · valid for at most {longest} s, not
over, `iat` at most {ahead} s ahead · a command there is · the lesser role of claim and key · the
key's own list · `jti` unseen · at most {rate:g}/s and {burst:g} at once for a key · arguments.
The `jti` is kept in the transaction of the effect, or before it where that is not in the
database, until {keeps:.0f} min after `exp`: a repeat gets the stored answer and does nothing. An
answer goes below the kiosk's own `up/res/` only. Every refusal is counted and told
(`event/command.refused`, each {every:.0f} s at most) and answered by its code. While the clock is
not believed only `ping` and `challenge` are taken, and commands with the `nonce` of the last
challenge, which is good once. A citizen is never cut off: what needs the kiosk fails with
`busy_session`.

| command | from | arguments | what |
|---|---|---|---|
"""

_CONFIG = """
**Keys.** `city/down/keys` holds
`{"rev":3,"keys":[{"kid":"ward-ops","kty":"OKP","crv":"Ed25519","x":"…","role":"ops","wards":["26824"]}]}`,
signed by the root; `wards` `*` = all, `commands` narrows a key down. An older `rev` is refused;
the newest is kept across starts.

**Configuration.** `down/desired` holds
`{"iss":"city","role":"admin","aud":"26824-k01","rev":7,"config":{"queue.pause":30.0}}`: all that
is to differ from the kiosk's file, checked as a whole. `reported` says what became of it:
`refused` with every mistake, `waiting` while somebody is served, `trial` after the restart.
`config-confirm` within 10 min ends the trial (`held`); otherwise, or when the daemon does not
stay up, it is `rolled_back`. Who the kiosk is, whose money and whose seal, and who may command
are set at the kiosk only.

## Rights and certificates

`python -m daemon.uplink acl 26824-k01 26824-k02 --ward 26824=ward-system --city city-system`
writes the `acl_file` for mosquitto and names the four lines that belong in its configuration;
`--for rabbitmq` writes definitions to load, `--bridge WARD=NAME` adds a ward's broker that hands up
([monitoring](monitoring/README.md)). Rights are written out for each certificate. A
kiosk may publish below its own `up/`, and read its own `down/`, its ward's `all/down/` and
`city/down/`. One certificate is one client: give a system that has several clients several
certificates.

From `uplink.renew_days` before its end the kiosk asks for a new certificate each hour: it makes a
key, which never leaves it, raises `certificate_ending` and publishes a PKCS#10 request on
`up/csr`. `install-cert` brings the certificate and those between it and the root. It is taken
only for that key, that name and now; while the broker does not take it, each fourth dialling uses
the configured pair.
"""


def sections() -> list[str]:
    """Lines of Markdown."""
    said = _ALARMS.format(changes=CHANGES, within=WITHIN / 60)
    lines = said.rstrip("\n").split("\n")
    for code, kind in table().items():
        hold = f"{kind.hold_s:g} s" if kind.hold_s else ""
        at = "" if kind.raise_at is None else f"{kind.raise_at:g} · {kind.clear_at:g}"
        lines.append(f"| `{code}` | {kind.sev} | {kind.en} | {hold} | {at} |")
    bounds = _BOUNDS.format(reports=f"{UplinkConfig().keep_reports:,}", few=FEW)
    lines += bounds.rstrip("\n").split("\n")
    lines += _DOWN.rstrip("\n").split("\n")
    for order in DOWNWARD:
        kept = "yes" if order.retain else "never"
        lines.append(f"| `{order.name}` | {order.claims.__name__} | {kept} | {order.when} |")
    lines += (
        _COMMANDS.format(
            longest=LONGEST,
            ahead=AHEAD,
            keeps=KEEPS / 60,
            every=REPORT_EVERY,
            rate=PER_KEY[0],
            burst=PER_KEY[1],
        )
        .rstrip("\n")
        .split("\n")
    )
    for name, spec in SPECS.items():
        fields = ", ".join(f"`{field}`" for field in spec.args.__struct_fields__)
        lines.append(f"| `{name}` | {spec.role} | {fields} | {spec.does} |")
    lines += _CONFIG.rstrip("\n").split("\n")
    return lines
