"""libcamera.properties, as far as picamera2 needs it."""

from __future__ import annotations

from libcamera.controls import ControlId

ColorFilterArrangement = ControlId("ColorFilterArrangement")
Model = ControlId("Model")
