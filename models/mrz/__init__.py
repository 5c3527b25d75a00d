"""Reading machine-readable zones: drawn letters, the network that tells them apart, figures."""
