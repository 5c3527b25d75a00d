"""Photographs of papers become pages: find, rectify, judge, classify, read, assemble.

The work runs in a child process (`worker.py`) inside a sandbox (`sandbox.py`); the daemon talks to
it through `client.py` with the structs of `messages.py`.  `python -m daemon.documents` is the same
pipeline as a command for scripts.
"""
