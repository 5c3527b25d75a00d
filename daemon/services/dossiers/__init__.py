"""Dossiers: what a procedure asks for, whether a paper fits, and the packed whole."""
