"""The hardware of a kiosk: one file for each kind of device, its twin in `simulated/`."""
