"""The printer behind a CUPS queue, asked for the truth where CUPS does not tell it.

While CUPS does not reach its printer it names no reason; it counts the pages that its filters read;
it may call a job completed that the printer gave up (seen with 2.4.2).  Where the queue's device
speaks IPP itself, it knows its own state, and the same job by the same name with the sheets that
came out.
"""

from __future__ import annotations

from drivers.ipp_client import IppClient, IppError, UriError
from drivers.ipp_message import Attributes, text
from drivers.ipp_reasons import Stop, standing
from drivers.page_printer import PagePrinterConfig

__all__ = ["job_behind", "stop_behind"]


def stop_behind(config: PagePrinterConfig, queue: Attributes) -> Stop | None:
    """Why a job of `queue` stands still; None if its device knows no reason or cannot be asked."""
    client = _client(config, queue)
    if client is None:
        return None
    try:
        now = standing(client.printer())
    except IppError:
        return Stop("lost", "unplugged")
    return now.stop or now.maybe


def job_behind(
    config: PagePrinterConfig, queue: Attributes, name: str, age: float
) -> Attributes | None:
    """The job `name`, made `age` seconds ago, at the device of `queue`; None where it is not known.

    `queue` is CUPS' answer to Get-Printer-Attributes.  Empty attributes: the device has been on for
    longer than `age` and never got the job, so no sheet of it came out (CUPS gives a job up before
    it calls the device when it finds no filter for it, as while a queue is still being made).
    Blocks for a few `config.timeout` at most.
    """
    client = _client(config, queue)
    if client is None:
        return None
    try:
        # In this order: a job that ends between the two questions is in the second answer.
        jobs = (*client.jobs("not-completed"), *client.jobs("completed"))
        on_for = standing(client.printer()).up_time
    except IppError:
        return None
    for job in jobs:
        if text(job, "job-name") == name:
            return job
    return {} if on_for is not None and on_for > age + 1 else None


def _client(config: PagePrinterConfig, queue: Attributes) -> IppClient | None:
    uri = text(queue, "device-uri")
    try:
        return IppClient(uri, config.user, config.timeout, config.certificate)
    except UriError:
        return None
