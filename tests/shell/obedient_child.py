"""A child for the tests of the supervisor: answers, tells its pid, dies or hangs on command."""

from __future__ import annotations

import argparse
import os
import signal
import time

from daemon.link import Link, LinkError, Message, Ping, Pong


class Do(Message, frozen=True):
    what: str


class Said(Message, frozen=True):
    what: str


class Told(Message, frozen=True):
    """What the daemon tells each new child."""

    value: str


Down = Ping | Do | Told
Up = Pong | Said


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--fd", type=int, required=True)
    link: Link[Down] = Link.from_fd(parser.parse_args().fd, Down)
    try:
        while True:
            message, _ = link.receive()
            match message:
                case Ping(n):
                    link.send(Pong(n))
                case Told(value):
                    link.send(Said(f"told {value} {os.getpid()}"))
                case Do("die"):
                    os.kill(os.getpid(), signal.SIGKILL)
                case Do("hang"):
                    time.sleep(1000)
                case Do("babble"):
                    link.sock.send(b"not a message")
    except LinkError:
        return


if __name__ == "__main__":
    main()
