"""Vietnamese typing: Telex, VNI and direct marks, one state a word (`word.py`, `field.py`)."""
