"""A throw-away Kubernetes control plane as plain processes, built from its published Go modules.

For the tests of tier `cluster`, and for looking at; README.md says how. Never imported by the product.
"""
