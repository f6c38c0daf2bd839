"""The practice bank on a real Kubernetes: laid onto it, its traffic lived through beside it.

Deployments, Pods, budgets, disks, evictions and taints are the cluster's own. What no process does there is
played here, by the rehearsal cluster's own code: requests and metrics, the effects of faults and, where
Litmus itself is not there, its stand-in. All of it sees the cluster through a mirror (`mirror.py`).
"""
