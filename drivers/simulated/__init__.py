"""Twins of the devices: they stand in at the lowest layer, below the drivers where possible."""
