"""What lies on the bed or comes from the camera and is no paper: plain words and a way on."""

from __future__ import annotations

import asyncio
import io
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from PIL import Image

from daemon.machine.events import AnyEvent, PaperSeen, Pressed
from daemon.machine.state import State, Step
from daemon.machine.views import actions
from tests.visits.papers import DEGREE, encoded, flat, photo
from tests.visits.visit import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def told(visitor: Visitor, key: str) -> None:
    """The trouble is named in plain words, and there is a way on, to an officer and home."""
    await visitor.see("trouble")
    assert visitor.shown.title.key == key
    ways = {choice.action for choice in actions(visitor.shown)}
    assert {"retry", "officer", "home", "help"} <= ways


@contextmanager
def watching(visitor: Visitor) -> Iterator[set[str]]:
    """What the live view has shown since."""
    seen: set[str] = set()

    def watch(event: AnyEvent, before: State, step: Step) -> None:
        if isinstance(event, PaperSeen):
            seen.add(event.verdict)

    visitor.app.watchers.append(watch)
    yield seen
    visitor.app.watchers.remove(watch)


async def recovered(visitor: Visitor) -> None:
    """A good paper after it is taken, and the visitor goes."""
    await visitor.press("retry")
    view = await visitor.page(DEGREE)
    assert view.name == "copy.kind", view.title.key
    visitor.world.lift()
    await visitor.press("home")
    await visitor.press("yes")
    await visitor.see("home")
    await visitor.away()


async def test_an_empty_bed(visitor: Visitor) -> None:
    await visitor.begin()
    await visitor.press("shoot")
    await told(visitor, "q.empty")
    await recovered(visitor)


async def test_two_papers(visitor: Visitor) -> None:
    """The live view says so and does not shoot; who shoots nevertheless is told again."""
    await visitor.begin()
    with watching(visitor) as seen:
        visitor.lay(photo(papers=2))
        await visitor.until(lambda kiosk: kiosk.shown.title.key == "q.two")
    assert "two" in seen and visitor.name == "place"
    await visitor.press("shoot")
    await told(visitor, "q.two")
    await recovered(visitor)


@pytest.mark.parametrize(
    ("faults", "key"),
    [
        (("hand",), "q.cut"),
        pytest.param(("glare",), "q.glare", marks=pytest.mark.long),
        pytest.param(("blur",), "q.blur", marks=pytest.mark.long),
        pytest.param(("dark",), "q.dark", marks=pytest.mark.long),
    ],
    ids=["hand", "glare", "blur", "dark"],
)
async def test_a_bad_picture(visitor: Visitor, faults: tuple[str, ...], key: str) -> None:
    await visitor.begin()
    with watching(visitor) as seen:
        visitor.lay(photo(*faults))
        await visitor.until(lambda _: bool(seen - {"empty"}))
    # Where the live view takes it for a good paper, the shot comes by itself.
    await visitor.happens(Pressed("shoot"))
    await told(visitor, key)
    await recovered(visitor)


def text() -> bytes:
    return "Đây không phải là ảnh.\n".encode() * 50


def dot() -> bytes:
    return encoded(Image.new("RGB", (1, 1), "white"))


def huge() -> bytes:
    held = io.BytesIO()
    Image.new("L", (10000, 10000), 255).save(held, "JPEG", quality=20)
    return held.getvalue()


def truncated() -> bytes:
    whole = flat(*DEGREE)
    return whole[: len(whole) // 3]


def empty() -> bytes:
    return b""


LONG = pytest.mark.long


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (text, "not_a_picture"),
        (huge, "too_many_pixels"),
        (truncated, "damaged"),
        pytest.param(dot, "too_small", marks=LONG),
        pytest.param(empty, "empty_file", marks=LONG),
    ],
)
async def test_no_picture_from_the_camera(
    visitor: Visitor, make: Callable[[], bytes], reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker stays, the technician reads the reason, and the visitor tries again."""
    worker = next(child for child in visitor.app.children if child.name == "documents")
    starts = worker.starts
    with monkeypatch.context() as patch:
        patched(patch, visitor, make())
        await visitor.begin()
        await visitor.press("shoot")
        await told(visitor, "q.unreadable")
    assert f"no photograph: {reason}" in visitor.said.text
    await recovered(visitor)
    assert worker.starts == starts


async def test_a_cmyk_picture_is_a_picture(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    await visitor.begin()
    visitor.lay(DEGREE)
    await visitor.see("kind")
    await visitor.press("back")
    await visitor.see("place")
    taken = await visitor.app.devices.camera.capture()
    cmyk = encoded(Image.open(io.BytesIO(taken)), mode="CMYK")
    assert Image.open(io.BytesIO(cmyk)).mode == "CMYK"
    patched(monkeypatch, visitor, cmyk)
    await visitor.press("shoot")
    await visitor.see("kind")
    visitor.world.lift()
    await visitor.press("home")
    await visitor.press("yes")
    await visitor.see("home")
    await visitor.away()


async def test_what_is_laid_is_no_picture(visitor: Visitor) -> None:
    """The simulated bed takes only pictures: it stays as it was and the camera lives."""
    camera = next(child for child in visitor.app.children if child.name == "camera")
    starts = camera.starts
    await visitor.begin()
    for data in (text(), b"", truncated()[:100]):
        visitor.world.lay(data)
    visitor.world.lift()
    view = await visitor.page(DEGREE)
    assert view.name == "copy.kind"
    assert camera.starts == starts
    visitor.world.lift()
    await visitor.press("home")
    await visitor.press("yes")
    await visitor.see("home")
    await visitor.away()


async def test_the_vault_takes_nothing(visitor: Visitor) -> None:
    """A full memory file system: the page is not kept, the technician reads why."""
    await visitor.begin()
    (folder,) = (visitor.app.runtime_folder / "vault").iterdir()
    shutil.rmtree(folder)
    folder.write_bytes(b"in the way")
    await visitor.press("shoot")
    await told(visitor, "q.camera")
    assert "make room in the folder paths.runtime" in visitor.said.text
    folder.unlink()
    await visitor.press("home")
    await visitor.see("home")
    await visitor.on("home", "copy")
    await visitor.identify()
    view = await visitor.page(DEGREE)
    assert view.name == "copy.kind", view.title.key
    visitor.world.lift()
    await visitor.press("home")
    await visitor.press("yes")
    await visitor.see("home")
    await visitor.away()


def patched(patch: pytest.MonkeyPatch, visitor: Visitor, data: bytes) -> None:
    """The next stills are these bytes: no sensor gives such ones, a broken driver may."""

    async def capture() -> bytes:
        await asyncio.sleep(0)
        return data

    patch.setattr(visitor.app.devices.camera, "capture", capture)
