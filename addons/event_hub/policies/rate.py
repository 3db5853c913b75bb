"""Token buckets: how much may come in, and when to come again."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Bucket:
    tokens: float
    at: float  # seconds, of whatever clock the caller uses; it must not run backwards


@dataclass(frozen=True)
class Take:
    bucket: Bucket
    allowed: bool
    retry_after: float  # seconds until one token is there; 0 if allowed


def take(bucket: Bucket | None, *, now: float, rate: float, burst: float) -> Take:
    """Take one token.

    :param bucket: state so far, None: full
    :param rate: tokens a second; 0 or less: the bucket never refills
    :param burst: tokens of a full bucket
    """
    tokens = (
        burst
        if bucket is None
        else min(burst, bucket.tokens + max(0.0, now - bucket.at) * max(0.0, rate))
    )
    if tokens >= 1:
        return Take(Bucket(tokens - 1, now), True, 0.0)
    wait = (1 - tokens) / rate if rate > 0 else 3600.0
    return Take(Bucket(tokens, now), False, wait)
