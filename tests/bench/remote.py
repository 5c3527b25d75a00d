"""The same copy with keys at a signing service beside this process; its answers are told apart."""

from __future__ import annotations

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec.structs import replace

from daemon.register import verify
from daemon.register.csc import Service
from daemon.register.remote import RemoteKeys
from daemon.register.signing import CopySigner
from tests.bench.figures import RUNS, Figure, figure, seconds
from tests.bench.proof import copying
from tests.register import fast, remote_ward
from tests.register.remote_ward import RemoteWard


async def measure() -> list[Figure]:
    """Without time stamps, then with them and with responders (B-LT); seconds."""
    with TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        (folder / "tls").mkdir()
        papers, pki = remote_ward.tls_papers(folder / "tls"), fast.make(folder)
        async with remote_ward.running(folder, papers, pki.ward_certificate) as ward:
            return [*await _plain(ward), *await _long_term(ward)]


async def _plain(ward: RemoteWard) -> list[Figure]:
    service = Service(ward.settings.remote)
    signer = CopySigner(ward.settings, RemoteKeys(service))
    copy = await copying(ward.settings, signer)
    await copy()
    whole, answers, processor = [], [], []
    for _ in range(RUNS):
        before, run = service.waited, await copy()
        whole.append(run.whole)
        processor.append(run.processor)
        answers.append(service.waited - before)
    await signer.close()
    own = [took - waited for took, waited in zip(whole, answers, strict=True)]
    return [
        figure("statement + QR + two signatures at a service", whole, "s"),
        figure("of these: answers of the service", answers, "s"),
        figure("of these: the kiosk's own", own, "s", "≤ 0.4"),
        figure("processor time, the service's too", processor, "s"),
    ]


async def _long_term(ward: RemoteWard) -> list[Figure]:
    settings = replace(ward.settings, revocation="required")
    keys = RemoteKeys(Service(settings.remote))
    signer = CopySigner(settings, keys, ward.stamper())
    copy = await copying(settings, signer)
    runs = [await copy() for _ in range(RUNS + 1)][1:]
    await signer.close()
    pdf = runs[-1].pdf
    checked = await asyncio.to_thread(seconds, lambda: verify.verify(pdf, ward.roots))
    return [
        figure("the same as B-LT: time stamps, responders", [run.whole for run in runs], "s"),
        figure("verify of that copy", checked, "s", "≤ 0.5"),
    ]
