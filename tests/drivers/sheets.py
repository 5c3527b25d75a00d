"""Documents whose sheets can be told apart."""

from __future__ import annotations

import io

import pikepdf


def pdf(pages: int) -> bytes:
    """Page n is grey n, so that a sheet's picture tells which page it is."""
    data = io.BytesIO()
    with pikepdf.new() as document:
        for n in range(1, pages + 1):
            page = document.add_blank_page(page_size=(595, 842))
            page.Contents = document.make_stream(f"{n / 10} g 0 0 595 842 re f".encode())
        document.save(data)
    return data.getvalue()
