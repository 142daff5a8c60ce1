"""ADBench's Gaussian mixture and bundle adjustment (Srajer, Kukelova and Fitzgibbon 2018)."""

from ..workload import Workload
from .bundle import instance, reprojection, reprojection_by_hand
from .mixture import log_posterior, log_posterior_by_hand, mixture

WORKLOADS = [
    Workload("ADBench GMM d10 K25 n=1000", 2.5, "value_and_grad", log_posterior, log_posterior_by_hand, mixture),
    Workload("ADBench BA 1, 31843 Jacobians", 2.5, "rows", reprojection, reprojection_by_hand, instance),
]
