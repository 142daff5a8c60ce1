"""The colours of the figures: one for each mode, told apart by colour-blind readers too, and one for all else."""

FORWARD, REVERSE, INK = "#c4500c", "#1f5fa8", "#404040"
OTHER = "#8c8c8c"  # methods that are neither of the two modes
