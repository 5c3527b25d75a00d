"""Alarms: raised, updated and cleared under a stable key (docs/mqtt.md)."""
