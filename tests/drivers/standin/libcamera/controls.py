"""libcamera.controls, as far as picamera2 and its camera need it."""

from __future__ import annotations

from enum import Enum
from types import SimpleNamespace
from typing import Any

ControlType = Enum("ControlType", ["Integer", "Float", "Rectangle", "Size"])


class ControlId:
    def __init__(self, name: str) -> None:
        self.name, self.type = name, ControlType.Integer


class ControlInfo:
    def __init__(self, low: Any, high: Any, default: Any) -> None:
        self.min, self.max, self.default = low, high, default


AfMode = ControlId("AfMode")
AnalogueGain = ControlId("AnalogueGain")
AnalogueGainMode = ControlId("AnalogueGainMode")
ExposureTime = ControlId("ExposureTime")
ExposureTimeMode = ControlId("ExposureTimeMode")
FrameDurationLimits = ControlId("FrameDurationLimits")
LensPosition = ControlId("LensPosition")
NoiseReductionMode = ControlId("NoiseReductionMode")
SensorTimestamp = ControlId("SensorTimestamp")

draft: Any = SimpleNamespace()
