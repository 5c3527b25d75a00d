"""What comes down: signed commands, keys, desired configuration (docs/mqtt.md)."""
