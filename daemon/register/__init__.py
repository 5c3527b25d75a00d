"""The certified copy: its number, its form, its two signatures, its entry in the register."""
