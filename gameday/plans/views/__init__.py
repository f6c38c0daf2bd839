"""The pages of plans and faults."""
