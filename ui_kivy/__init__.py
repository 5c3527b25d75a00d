"""The screen: a child process that draws Views and sends Events.  It decides nothing."""
