"""Figures of the product on this machine: `./dev bench`.  Measured, printed, never asserted."""
