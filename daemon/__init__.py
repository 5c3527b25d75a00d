"""The kiosk's daemon: one state machine, the shell around it and the rooms it works in."""
