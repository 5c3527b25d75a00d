"""The other services of the kiosk: look up a procedure, draw a queue number, and the slips."""
