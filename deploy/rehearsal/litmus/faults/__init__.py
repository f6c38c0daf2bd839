"""The faults that the stand-in can run, one small file each."""

from deploy.rehearsal.litmus.experiment import Fault
from deploy.rehearsal.litmus.faults.pod_delete import PodDelete

FAULTS: dict[str, Fault] = {fault.name: fault for fault in (PodDelete(),)}
