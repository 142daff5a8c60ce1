"""The colours of the figures: one for each mode, told apart by colour-blind readers too, and one for all else.

Each but LINE has a contrast of at least 4.5 to the paper, on which the figures are drawn whatever is around them.
"""

FORWARD, REVERSE, INK = "#c4500c", "#1f5fa8", "#404040"
OTHER = "#6b6b6b"  # methods that are neither of the two modes
PALE_FORWARD, PALE_REVERSE = "#ea9a64", "#7fadde"  # areas that black is written on
PAPER, LINE = "#ffffff", "#d0d0d0"  # the ground, and lines that only guide the eye
