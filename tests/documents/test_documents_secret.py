"""Stamps of secrecy and bans on copying, and everyday words that only look like them."""

from __future__ import annotations

import unicodedata

import pytest

from daemon.documents.marks import says_secret


@pytest.mark.parametrize(
    "text",
    [
        "CÔNG VĂN\nMẬT\nSố 12",
        "TỐI MẬT",
        "  TUYỆT MẬT  \nBáo cáo",
        "| MẬT |",
        "MAT\nSố 12",  # OCR that lost the mark
        "Tài liệu này không được sao chụp.",
        "CẤM SAO CHỤP",
        "Không được phép sao chụp dưới mọi hình thức",
        "Cấm photocopy",
    ],
)
def test_it_must_not_be_copied(text: str) -> None:
    assert says_secret(text)
    assert says_secret(unicodedata.normalize("NFD", text))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "MẶT TRƯỚC",
        "MẶT",
        "MẮT",
        "Giữ bí mật nhà nước là nghĩa vụ của công dân",
        "Họ và tên: Nguyễn Văn Mật",
        "Bị mất giấy tờ",
        "Bản sao được sao chụp từ bản chính",
        "Không được tẩy xóa, sửa chữa",
        "mật",  # small letters in running text, a line of its own
    ],
)
def test_everyday_words(text: str) -> None:
    assert not says_secret(text)
