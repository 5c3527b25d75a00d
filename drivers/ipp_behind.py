"""The printer behind a CUPS queue, asked for the truth about a job.

CUPS counts the pages that its filters read and may call a job completed that the printer gave up
(seen with 2.4.2).  Where the queue's device speaks IPP itself, it knows the same job by the same
name, with the sheets that came out.
"""

from __future__ import annotations

from drivers.ipp_client import IppClient, IppError, UriError
from drivers.ipp_message import Attributes, text
from drivers.page_printer import PagePrinterConfig

__all__ = ["job_behind"]


def job_behind(config: PagePrinterConfig, queue: Attributes, name: str) -> Attributes | None:
    """The ended job `name` at the device of `queue`; None where it cannot be had.

    `queue` is CUPS' answer to Get-Printer-Attributes.  Blocks for `config.timeout` at most.
    """
    try:
        client = IppClient(
            text(queue, "device-uri"), config.user, config.timeout, config.certificate
        )
        jobs = client.jobs("completed")
    except (UriError, IppError):
        return None
    return next((job for job in jobs if text(job, "job-name") == name), None)
