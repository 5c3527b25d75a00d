"""The classifier's world: specimens to train on, the trained model, and what measures it."""
