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


def job_behind(config: PagePrinterConfig, queue: Attributes, name: str) -> Attributes | None:
    """The ended job `name` at the device of `queue`; None where it cannot be had.

    `queue` is CUPS' answer to Get-Printer-Attributes.  Blocks for `config.timeout` at most.
    """
    client = _client(config, queue)
    if client is None:
        return None
    try:
        jobs = client.jobs("completed")
    except IppError:
        return None
    return next((job for job in jobs if text(job, "job-name") == name), None)


def _client(config: PagePrinterConfig, queue: Attributes) -> IppClient | None:
    uri = text(queue, "device-uri")
    try:
        return IppClient(uri, config.user, config.timeout, config.certificate)
    except UriError:
        return None
