"""The colours of the figures: one for each mode, told apart by colour-blind readers too, and one for all else."""

FORWARD, REVERSE, INK = "#b04600", "#1f5fa8", "#404040"
OTHER = "#6f6f6f"  # methods that are neither of the two modes
