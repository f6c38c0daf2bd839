"""A stand-in for LitmusChaos 3.x: operator, runner and experiment, with the real ones' order and traps."""
