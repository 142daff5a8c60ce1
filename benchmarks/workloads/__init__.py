"""Every workload, in the order of the table."""

from . import adbench, chain, jacobians, networks, regression, rosenbrock

ALL = [
    *rosenbrock.WORKLOADS,
    *regression.WORKLOADS,
    *networks.WORKLOADS,
    *chain.WORKLOADS,
    *jacobians.WORKLOADS,
    *adbench.WORKLOADS,
]
BY_NAME = {workload.name: workload for workload in ALL}
