"""The pure part: states, events, effects and views, and the functions between them.

Nothing in this package does input or output, reads a clock, draws a random number or imports
another package of this project.  Every other room may import its small types.
"""
