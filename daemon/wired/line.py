"""The queue, where its numbers come from, and who calls them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from daemon.hands.calling import Calling
from daemon.hands.claiming import publishing
from daemon.hands.line_shared import LineShared
from daemon.hands.ward_queue import WardAllocator, WardLine
from daemon.services.queue.claims import Claims, StoreShelf
from daemon.services.queue.leases import Allocator
from daemon.services.queue.queue import Queue
from daemon.store import Store
from daemon.uplink import topics
from daemon.uplink.errors import LineError
from daemon.uplink.gateway import Gateway
from daemon.uplink.registers import Registers
from daemon.uplink.uplink import Uplink

if TYPE_CHECKING:
    from daemon.wiring import App


def line_up(
    app: App, store: Store, gateway: Gateway | None, uplink: Uplink
) -> tuple[Queue, Calling]:
    """The queue with whoever leases its numbers, and its calls.  Sets `app.ward_line`."""
    config = app.config
    allocator: Allocator | None = None
    if config.queue.numbers == "ward" and gateway is not None:
        allocator = WardAllocator(gateway)
    claims: Claims | None = None
    if config.queue.numbers == "kiosks":
        others = tuple(one for one in config.queue.kiosks if one != config.kiosk.id)
        registers = Registers(config.kiosk.id, others)
        shared = Registers(config.kiosk.id, others, topics.LINE)
        uplink.registers = (registers, shared)
        allocator = claims = Claims(StoreShelf(store), registers, LineError)
    queue = Queue(store, config.queue, allocator=allocator, kiosk=config.kiosk.id)
    if claims is not None:
        app.keep(publishing(claims, registers), "queue claims")
        caller = config.queue.kiosks[0]
        queue.desk.caller = "" if caller == config.kiosk.id else caller
        line = LineShared(store, queue.desk, shared, config.kiosk.id, caller)
        app.keep(line.tell(), "queue line")
        app.keep(line.listen(), "queue line of others")
    if queue.leases is not None:
        app.keep(queue.leases.run(), "queue numbers")
    if config.queue.numbers == "ward" and gateway is not None:
        app.ward_line = WardLine(config.gateway, gateway, queue.desk, config.kiosk.id)
        app.keep(app.ward_line.run(), "ward's line")
    calling = Calling(
        queue.desk,
        app.kiosk.post,
        app.devices.speech,
        app.serving.show,
        show=config.queue.show,
        speak=config.queue.speak,
        quiet=lambda: app.kiosk.state.world.headset,
    )
    calling.again()
    return queue, calling
