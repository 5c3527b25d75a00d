"""`python -m daemon.uplink`: its documents, and the rights at the broker."""

from __future__ import annotations

import argparse
import json
import sys

from daemon.uplink import acl, asyncapi, describe


def main(arguments: list[str] | None = None) -> int:
    """Prints what was asked for; 2 = a name that is none."""
    parser = argparse.ArgumentParser(prog="python -m daemon.uplink", description=__doc__)
    words = parser.add_subparsers(dest="word")
    words.add_parser("page", help="docs/mqtt.md (without a word, too)")
    words.add_parser("asyncapi", help="the AsyncAPI 3 document as JSON")
    rights = words.add_parser("acl", help="rights at the broker, one certificate at a time")
    rights.add_argument("kiosks", nargs="*", metavar="KIOSK", help="such as 26824-k01")
    rights.add_argument(
        "--ward",
        action="append",
        default=[],
        metavar="WARD=NAME",
        help="the ward's system, by its certificate's common name",
    )
    rights.add_argument(
        "--bridge",
        action="append",
        default=[],
        metavar="WARD=NAME",
        help="the ward's broker at the city's",
    )
    rights.add_argument("--city", action="append", default=[], metavar="NAME")
    rights.add_argument(
        "--for", dest="broker", choices=("mosquitto", "rabbitmq"), default="mosquitto"
    )
    options = parser.parse_args(arguments)
    if options.word == "asyncapi":
        print(json.dumps(asyncapi.document(), indent=2, ensure_ascii=False))
    elif options.word == "acl":
        try:
            found = [acl.of_kiosk(name) for name in options.kiosks]
            for one in options.ward:
                ward, _, name = one.partition("=")
                found.append(acl.of_ward(name, ward))
            for one in options.bridge:
                ward, _, name = one.partition("=")
                found.append(acl.of_bridge(name, ward))
            found += [acl.of_city(name) for name in options.city]
            write = acl.mosquitto if options.broker == "mosquitto" else acl.rabbitmq
            print(write(found), end="")
        except ValueError as error:
            print(f"acl: {error}", file=sys.stderr)
            return 2
    else:
        print(describe.document(), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
