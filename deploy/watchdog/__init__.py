"""The in-cluster watchdog: ends every fault of ours when nobody is heard of who would, or the lever is down.

It knows the cluster and nothing else: no database, no broker, no Django.
"""
