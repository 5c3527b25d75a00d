"""Parts of the wiring with a subject of their own, each called once by `daemon/wiring.py`."""
