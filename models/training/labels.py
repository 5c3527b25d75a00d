"""Which kinds the released model tells apart: its own list, so that a new specimen changes nothing.

A kind may have specimens (`models/specimens/kinds/`) long before a model knows it.
"""

from __future__ import annotations

LABELS = (
    "ban_sao_chung_thuc",
    "bang_dai_hoc",
    "cccd_gan_chip_2021",
    "giay_chung_nhan_ket_hon",
    "giay_khai_sinh",
    "hop_dong_lao_dong",
    "khong_phai_giay_to",
    "quyet_dinh",
)
"""Sorted; the order is that of the model's outputs."""
