"""How much longer than promised a test waits before it calls a thing broken.

The promise itself is measured on a free machine (`python -m tests.bench`, docs/figures.md); a test
runs on whatever else the machine does, and only finds what never comes.
"""

LOADED = 6.0
