"""A kubelet for the pods of chaos alone: they run as processes of this machine, KWOK plays all other pods.

It takes the pods that bear the label `chaosUID`, wherever they are scheduled: Litmus' runner, experiment and
helper, and its operator, which gets the label from us. Only programs on a list are started (`programs.py`);
whatever else an image would run is played.
"""

SELECTOR = "chaosUID"
