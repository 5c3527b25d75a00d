"""Trains the classifier: samples, backbone, tuning, calibration, export."""
