"""Which kinds the released model tells apart: its own list, so that a new specimen changes nothing.

A kind may have specimens (`models/specimens/kinds/`) long before a model knows it.
"""

from __future__ import annotations

LABELS = (
    "ban_sao_chung_thuc",
    "bang_dai_hoc",
    "bang_diem",
    "bang_tot_nghiep_thpt",
    "can_cuoc_2024",
    "cccd_gan_chip_2021",
    "cccd_ma_vach_2016",
    "chung_chi_ngoai_ngu",
    "cmnd_9_so",
    "cong_van",
    "dang_ky_xe",
    "gcn_dang_ky_doanh_nghiep",
    "gcn_dang_ky_ho_kinh_doanh",
    "gcn_ho_ngheo",
    "gcn_qsdd_2025",
    "gcn_qsdd_cu",
    "gcn_thuong_binh",
    "giay_chung_nhan_ket_hon",
    "giay_khai_sinh",
    "giay_khai_sinh_ban_sao",
    "giay_phep_lai_xe",
    "giay_uy_quyen",
    "giay_xac_nhan_tinh_trang_hon_nhan",
    "ho_chieu",
    "hoc_ba",
    "hop_dong_lao_dong",
    "khong_phai_giay_to",
    "phieu_ly_lich_tu_phap",
    "quyet_dinh",
    "so_bhxh",
    "so_ho_khau",
    "so_yeu_ly_lich",
    "the_bhyt",
    "trich_luc_khai_tu",
    "van_ban_nuoc_ngoai",
    "xac_nhan_cu_tru_ct07",
)
"""Sorted; the order is that of the model's outputs."""

NOTHING = "khong_phai_giay_to"
"""The answer "no paper at all"."""

ALIKE = (
    "cong_van",
    "gcn_dang_ky_doanh_nghiep",
    "gcn_dang_ky_ho_kinh_doanh",
    "gcn_ho_ngheo",
    "giay_khai_sinh_ban_sao",
    "giay_uy_quyen",
    "giay_xac_nhan_tinh_trang_hon_nhan",
    "hop_dong_lao_dong",
    "phieu_ly_lich_tu_phap",
    "quyet_dinh",
    "trich_luc_khai_tu",
    "xac_nhan_cu_tru_ct07",
)
"""White A4 papers that only their titles tell apart: of these the picture is never certain."""
