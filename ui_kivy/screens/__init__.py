"""Layout: turns a View into rectangles, texts and targets.  Pure geometry, no window."""
