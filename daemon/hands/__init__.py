"""What the shell does for each effect: one file a subject, one method an effect.

`wiring.py` registers them.  A hand may know devices and rooms; it decides nothing.
"""
