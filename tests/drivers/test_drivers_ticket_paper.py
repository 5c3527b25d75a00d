"""The simulated printer itself: what it takes for rubbish, what it answers."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from drivers.escpos_line import encode
from drivers.simulated.ticket_paper import TicketPaper
from drivers.ticket_printer import WIDTH


def test_text_is_rubbish(tmp_path: Path) -> None:
    paper = TicketPaper(tmp_path)
    paper.feed(b"Hi")
    assert paper.rubbish == ["0x48 after 0 rows", "0x69 after 0 rows"]


@pytest.mark.parametrize(
    ("query", "change", "answer"),
    [
        (b"\x10\x04\x04", {}, 0x12),
        (b"\x10\x04\x04", {"near_end": True}, 0x1E),
        (b"\x10\x04\x04", {"left": 0}, 0x7E),
        (b"\x10\x04\x02", {"cover_open": True}, 0x16),
        (b"\x10\x04\x01", {"cover_open": True}, 0x1A),
    ],
)
def test_answers_of_dle_eot(
    tmp_path: Path, query: bytes, change: dict[str, object], answer: int
) -> None:
    paper = TicketPaper(tmp_path)
    for name, value in change.items():
        setattr(paper, name, value)
    assert paper.feed(query) == bytes([answer])


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.integers(1, 5000), max_size=30))
def test_a_ticket_may_come_in_any_pieces(tmp_path: Path, cuts: list[int]) -> None:
    image = Image.effect_noise((WIDTH, 90), 90).convert("1")
    data = encode(image)
    paper = TicketPaper(tmp_path)
    for size in [*cuts, len(data)]:
        piece, data = data[:size], data[size:]
        paper.feed(piece)
    assert paper.rubbish == []
    picture = Image.open(paper.tickets[0]).convert("1")
    assert picture.crop((0, 0, WIDTH, 90)).tobytes() == image.tobytes()


@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.binary(max_size=400))
def test_no_bytes_make_it_fail(tmp_path: Path, data: bytes) -> None:
    TicketPaper(tmp_path).feed(data)
