"""The production code under a seeded scheduler: thousands of hostile schedules, every one repeatable.

`python -m tests.simulation --seeds 10000`, or `--seed N --trace` for one of them.
"""
