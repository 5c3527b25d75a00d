"""The certified copy: the main flow, a file for each part of the way.

begin → capture → kinds → pages → choose → certify → pay → seal → hand over.
Each file holds its scenes, what events do in them, how they look, and the alphabet of events that
the explorer tries in them.
"""
