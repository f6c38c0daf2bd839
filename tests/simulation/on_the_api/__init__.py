"""The same schedules with the real adapter: `chaos.adapters` over a simulated Kubernetes API, byte by byte.

`python -m tests.simulation --adapter litmus --seeds 500`, or with `--seed N --trace` for one of them.
"""
