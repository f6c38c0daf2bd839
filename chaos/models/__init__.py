"""The machine side's tables. Only services write them."""

from chaos.models.cluster import Cluster, Contact, Halt, Installation
from chaos.models.run import Run, RunInjection, Word
from chaos.models.samples import SampleChunk
from chaos.models.strip import Strip
from chaos.models.workers import Workers

__all__ = [
    "Cluster",
    "Contact",
    "Halt",
    "Installation",
    "Run",
    "RunInjection",
    "SampleChunk",
    "Strip",
    "Word",
    "Workers",
]
