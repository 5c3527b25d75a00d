"""Makes all files of one ward's monitoring: certificates, broker, rights, Prometheus.

`python -m docs.monitoring.ward FOLDER --ward 26824 --kiosks 3 --broker HOST` makes FOLDER; nothing
in a folder that is there already is touched.  With `--city` the broker hands up to the city's.
"""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from daemon.uplink import acl, topics
from docs.monitoring.papers import Authority

HERE = Path(__file__).resolve().parent
EXPORTER, OPERATOR, SYSTEM = "exporter", "operator", "ward-system"
KIOSKS_MOST = 99


def mosquitto(folder: Path, port: int) -> str:
    """The ward's broker.  What it holds for a reader who is away lies on its disk."""
    return f"""\
# Made by `python -m docs.monitoring.ward`.
user {getpass.getuser()}
per_listener_settings false
listener {port}
cafile {folder}/ca.pem
certfile {folder}/broker.pem
keyfile {folder}/broker.key
tls_version tlsv1.3
require_certificate true
use_identity_as_username true
use_username_as_clientid true
allow_anonymous false
acl_file {folder}/rights

# Days without the city's broker: nothing is dropped for being too many.
persistence true
persistence_location {folder}/state/
autosave_interval 30
max_queued_messages 0
max_inflight_messages 20
persistent_client_expiration 30d
max_packet_size 33554432

log_dest file {folder}/mosquitto.log
log_type error
log_type warning
log_type notice
pid_file {folder}/mosquitto.pid
include_dir {folder}/more
"""


def bridge(ward: str, nodes: Sequence[str], ca: str, certificate: str, key: str) -> str:
    """From the ward's broker to the city's three: QoS 1 both ways, a session that is kept."""
    name = Path(certificate).stem
    above = f"{topics.ROOT}{ward}/"
    return f"""\
# Made by `python -m docs.monitoring.ward --city …`.
connection city
address {" ".join(nodes)}
round_robin false
bridge_protocol_version mqttv50
remote_clientid {name}
local_clientid local.{name}
cleansession false
local_cleansession false
notifications false
try_private false
keepalive_interval 10
restart_timeout 1 30
bridge_cafile {ca}
bridge_certfile {certificate}
bridge_keyfile {key}
bridge_tls_version tlsv1.3
topic +/up/# out 1 {above} {above}
topic +/down/# in 1 {above} {above}
topic city/down/# in 1 {topics.ROOT} {topics.ROOT}
"""


def prometheus(port: int) -> str:
    """Scrapes the exporter and knows the rules (JSON is YAML)."""
    scrape = {"job_name": "ward-kiosk", "static_configs": [{"targets": [f"127.0.0.1:{port}"]}]}
    told = {
        "global": {"scrape_interval": "15s", "evaluation_interval": "15s"},
        "rule_files": [str(HERE / "alerts.yaml")],
        "scrape_configs": [scrape],
    }
    return json.dumps(told, indent=1) + "\n"


def kiosk(host: str, port: int) -> str:
    """What belongs in the kiosk's own configuration; its key as a systemd credential."""
    return f"""\
[uplink]
broker = "{host}"
port = {port}
ca = "/etc/ward-kiosk/line-ca.pem"
certificate = "/etc/ward-kiosk/line.pem"
key = "/run/credentials/kioskd.service/uplink-key"
key_secret = "/run/credentials/kioskd.service/uplink-key-secret"
"""


def make(folder: Path, ward: str, kiosks: int, host: str, port: int, listen: int) -> None:
    """The files.  Raises ValueError for names that are none, FileExistsError."""
    names = [f"{ward}-k{number:02d}" for number in range(1, kiosks + 1)]
    rights = [acl.of_kiosk(name) for name in names]
    rights += [acl.of_ward(name, ward) for name in (EXPORTER, OPERATOR, SYSTEM)]
    folder.mkdir(mode=0o700, parents=True)
    for below in ("state", "more", "metrics"):
        (folder / below).mkdir()
    authority = Authority(folder, f"Ward {ward}")
    authority.issue("broker", host)
    for name in (*names, EXPORTER, OPERATOR, SYSTEM):
        authority.issue(name)
    for name in names:
        (folder / f"{name}.toml").write_text(kiosk(host, port), encoding="utf-8")
    (folder / "rights").write_text(acl.mosquitto(rights), encoding="utf-8")
    (folder / "rights").chmod(0o600)
    (folder / "mosquitto.conf").write_text(mosquitto(folder.resolve(), port), encoding="utf-8")
    (folder / "prometheus.yml").write_text(prometheus(listen), encoding="utf-8")


def main(words: Sequence[str] | None = None) -> int:
    """Reads the arguments; 2 = what was given is not right."""
    parser = argparse.ArgumentParser(prog="python -m docs.monitoring.ward", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--ward", required=True, help="five digits")
    parser.add_argument("--kiosks", type=int, default=3, choices=range(1, KIOSKS_MOST + 1))
    parser.add_argument("--broker", required=True, help="name or address that the kiosks dial")
    parser.add_argument("--port", type=int, default=8883)
    parser.add_argument("--listen", type=int, default=9841, help="the exporter's port")
    parser.add_argument("--city", action="append", default=[], metavar="HOST:PORT")
    parser.add_argument("--city-ca", default="", metavar="FILE")
    parser.add_argument("--city-certificate", default="", metavar="FILE")
    parser.add_argument("--city-key", default="", metavar="FILE")
    told = parser.parse_args(words)
    pair = (told.city_ca, told.city_certificate, told.city_key)
    if told.city and not all(pair):
        parser.error("--city needs --city-ca, --city-certificate and --city-key")
    try:
        make(told.folder, told.ward, told.kiosks, told.broker, told.port, told.listen)
    except (ValueError, FileExistsError) as error:
        sys.stderr.write(f"ward: {error}\n")
        return 2
    if told.city:
        files = (str(Path(one).resolve()) for one in pair)
        text = bridge(told.ward, told.city, *files)
        (told.folder / "more" / "city.conf").write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
