"""How well codes are read: `python -m models.codes`."""
