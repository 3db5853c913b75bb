"""Which cases stand still now.

A case is stalled when it has been where it is for longer than nine of ten cases ever stayed there before they moved
on (the 90th percentile of the stays that ended, ``percentile_cont``). Where fewer than ``LEAST`` stays have ended,
there is no saying what is usual, and none is called stalled. Within the first hour nothing is, however quickly others
went on. Cases that are over are never stalled.
"""

SHARE = 0.9
LEAST = 10  # stays that ended
LEAST_SECONDS = 3600.0
