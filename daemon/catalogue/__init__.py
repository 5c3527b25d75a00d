"""Facts as data: kinds of paper, procedures, wards, the calendar; and loaders that check them.

Nothing here decides anything.  A fact is changed in its data file, never in code; a file that does
not hold is refused as a whole with the file, the key, what was read and what would be right.
"""
