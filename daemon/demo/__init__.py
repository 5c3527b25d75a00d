"""A whole visit, played on the real kiosk with simulated devices: `python -m daemon.demo`."""
