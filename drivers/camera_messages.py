"""What the daemon and the camera process say to each other over `daemon.link`."""

from __future__ import annotations

from typing import Literal

import msgspec

from daemon.link import Message, Ping, Pong

SimulatedFault = Literal["", "stall", "black", "frozen", "blur", "slow", "hang", "unplugged"]
"""Faults of the simulated sensor; empty = sound.  `hang` stops the whole process like a driver
blocked in the kernel; `slow` = under two frames a second; `unplugged` = it cannot be opened."""

Laying = Literal["auto", "photo", "page"]
"""`photo` already shows a desk and is used as it is; `page` is a flat page to lay on the bed."""


class CameraConfig(msgspec.Struct, frozen=True, kw_only=True):
    """The one fixed configuration that the camera is opened with.

    Each mode switch of the Raspberry Pi's camera stack may leak contiguous memory
    (picamera2#1125, #887), so still and preview come from the same running configuration.
    """

    backend: Literal["simulated", "picamera2", "v4l2"] = "simulated"
    """`picamera2` = a camera on the Raspberry Pi's ribbon, `v4l2` = one on USB."""
    device: str = "/dev/ward-kiosk/camera"
    """A USB camera's link made by udev."""
    still_width: int = 4056
    still_height: int = 3040
    preview_width: int = 960
    preview_height: int = 720
    fps: float = 15.0
    """Frames a second of the preview; a 12-megapixel sensor read in full gives at most ten."""
    rotation: Literal[0, 90, 180, 270] = 0
    """How far the picture is turned clockwise, in degrees, before anyone sees it."""
    jpeg_quality: int = 90
    capture_timeout: float = 4.0
    """Seconds in which a still must come, the start of a stopped sensor included."""
    stuck_after: float = 1.0
    """Seconds without a new, living picture after which the camera counts as stuck."""
    black_below: float = 4.0
    """Mean brightness (0…255) under which a picture counts as black."""
    settle_frames: int = 3
    """Frames to throw away after a start, while exposure settles."""
    idle_check: float = 20.0
    """While nobody needs the preview, look at one frame this often, in seconds."""
    open_timeout: float = 10.0
    """Seconds the camera may take to open before the process gives itself up."""
    lens_position: float | None = None
    """Focus in dioptres of a camera with a lens motor: the height of a kiosk never changes, and
    an autofocus cycle may never end (picamera2#670).  A USB camera takes its own unit
    (`v4l2-ctl -L` shows `focus_absolute`)."""
    exposure_us: int | None = None
    """Fixed exposure time in microseconds; None = automatic."""
    camera_index: int = 0
    """Which of several cameras on ribbons."""

    @property
    def preview_size(self) -> tuple[int, int]:
        """(width, height) of what the screen gets, after turning."""
        return _turned((self.preview_width, self.preview_height), self.rotation)


def _turned(size: tuple[int, int], rotation: int) -> tuple[int, int]:
    return size if rotation % 180 == 0 else (size[1], size[0])


# -- to the camera process ----------------------------------------------------------------


class Setup(Message, frozen=True):
    """First message; carries the descriptor of the frame buffer (`daemon.frames`)."""

    config: CameraConfig


class Preview(Message, frozen=True):
    """Start or stop writing frames into the buffer."""

    on: bool


class TakeStill(Message, frozen=True):
    """Make a still within so many seconds.  Answered by Still or StillFailed."""

    n: int
    within: float


class SimLay(Message, frozen=True):
    """Simulated sensor only: a paper is laid on the bed; carries the picture as a descriptor."""

    how: Laying = "auto"
    angle: float | None = None
    """Degrees clockwise that the page lies at; None = a small one drawn from `seed`."""
    seed: int = 0


class SimLift(Message, frozen=True):
    """Simulated sensor only: the bed is cleared."""


class SimFault(Message, frozen=True):
    """Simulated sensor only."""

    fault: SimulatedFault


ToCamera = Ping | Setup | Preview | TakeStill | SimLay | SimLift | SimFault

# -- from the camera process --------------------------------------------------------------


class Ready(Message, frozen=True):
    """The camera is open."""

    model: str


class Still(Message, frozen=True):
    """The still asked for; carries a descriptor of a memory file that holds the JPEG."""

    n: int
    width: int
    height: int
    sharpness: float


class StillFailed(Message, frozen=True):
    """No still: `stall`, `unplugged`, `late`, `black`, `frozen`."""

    n: int
    reason: str


class CameraReport(Message, frozen=True):
    """How the camera does; on each change and about once a second while frames run."""

    state: Literal["ok", "lost"]
    reason: str = ""
    fps: float = 0.0
    brightness: float = 0.0
    """Mean of the newest frame, 0…255."""
    sharpness: float = 0.0
    """Variance of the Laplacian of the newest frame's grey picture; falls when out of focus."""
    frames: int = 0
    reopened: int = 0


FromCamera = Pong | Ready | Still | StillFailed | CameraReport
