"""Undoing a camera's blur on a small patch: what a bar code reader needs and an eye would not like.

A Wiener filter for a Gaussian blur: each frequency is raised by what the blur took from it, as far
as the noise allows (N. Wiener, "Extrapolation, Interpolation, and Smoothing of Stationary Time
Series", 1949).
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]
Values = npt.NDArray[np.float32]


def even(grey: Grey) -> Values:
    """Light evened out: 0 where it is darkest nearby, 1 where it is brightest."""
    small = cv2.resize(grey, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    reach = max(3, min(small.shape) // 5) | 1
    kernel = np.ones((reach, reach), np.uint8)
    size = grey.shape[1], grey.shape[0]
    high, low = (
        cv2.resize(cv2.blur(extreme, (reach, reach)), size).astype(np.float32)
        for extreme in (cv2.dilate(small, kernel), cv2.erode(small, kernel))
    )
    return np.asarray((grey - low) / np.maximum(high - low, 16), np.float32)


def deblurred(values: Values, sigma: float, noise: float) -> Grey:
    """The patch as it was before a Gaussian blur of `sigma` pixels, 0 to 255.

    `noise`: power of the noise as a share of the signal's.
    """
    height, width = values.shape
    rim = int(4 * sigma) + 4
    tall, wide = cv2.getOptimalDFTSize(height + 2 * rim), cv2.getOptimalDFTSize(width + 2 * rim)
    held = cv2.copyMakeBorder(
        values, rim, tall - height - rim, rim, wide - width - rim, cv2.BORDER_REFLECT_101
    )
    fy, fx = np.fft.fftfreq(tall)[:, None], np.fft.rfftfreq(wide)[None, :]
    passed = np.exp(-2 * (np.pi * sigma) ** 2 * (fx**2 + fy**2))
    spectrum = np.fft.rfft2(held) * (passed / (passed**2 + noise))
    out = np.fft.irfft2(spectrum, s=(tall, wide))[rim : rim + height, rim : rim + width]
    return np.asarray(np.clip(out * 215 + 20, 0, 255), np.uint8)
