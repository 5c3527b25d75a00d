"""What is told of frames: only those that show a change, from it to the flip."""

from __future__ import annotations

from ui_kivy.pace import Pace


def test_frames_are_timed_from_their_first_change() -> None:
    now = [0.0]
    pace = Pace(lambda: now[0])
    for begin, again, end in ((1.0, 1.01, 1.02), (2.0, 2.005, 2.01)):
        for now[0] in (begin, again):
            pace.changed()
        now[0] = end
        pace.flipped()
    now[0] = 3.0
    pace.flipped()  # nothing changed
    took, apart = pace.take()
    assert [round(one, 3) for one in took] == [0.02, 0.01]
    assert [round(one, 3) for one in apart] == [0.99]
    assert pace.take() == ((), ())
