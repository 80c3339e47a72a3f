"""What a run must show, as pure functions of what was recorded."""

import statistics
from dataclasses import dataclass

# Memory and descriptors are judged after the first minute, and only in runs that leave two more.
WARM_UP_SECONDS = 60
JUDGED_SECONDS = 180
# How much higher the last quarter of what is judged may lie than its first.
RESIDENT_GROWTH = 0.05
RESIDENT_GROWTH_BYTES = 4 << 20
DESCRIPTOR_GROWTH = 4


@dataclass
class Check:
    """`passed` is None where the run was too short to tell."""

    title: str
    passed: bool | None
    detail: str


def quarters(samples, began):
    """Values of the first and the last quarter after the warm-up, or None of a run that is too short."""
    if not samples or samples[-1][0] - began < JUDGED_SECONDS:
        return None
    judged = [value for time, value in samples if time - began >= WARM_UP_SECONDS]
    quarter = max(1, len(judged) // 4)
    return judged[:quarter], judged[-quarter:]


def resident_is_flat(name, samples, began):
    """`samples` are (time, bytes). Medians are compared: a large request makes a peak, a leak makes a slope."""
    title = f"{name}: resident memory is flat after the first minute"
    found = quarters(samples, began)
    if found is None:
        return Check(title, None, f"judged in runs of {JUDGED_SECONDS} s or more")
    first, last = map(statistics.median, found)
    limit = max(RESIDENT_GROWTH * first, RESIDENT_GROWTH_BYTES)
    detail = f"median {first / 1e6:.1f} MB, then {last / 1e6:.1f} MB; at most {limit / 1e6:.1f} MB more is allowed"
    return Check(title, last - first <= limit, detail)


def descriptors_are_flat(name, samples, began):
    """`samples` are (time, descriptors)."""
    title = f"{name}: descriptors are flat after the first minute"
    found = quarters(samples, began)
    if found is None:
        return Check(title, None, f"judged in runs of {JUDGED_SECONDS} s or more")
    first, last = max(found[0]), max(found[1])
    detail = f"at most {first}, then at most {last}; {DESCRIPTOR_GROWTH} more are allowed"
    return Check(title, last - first <= DESCRIPTOR_GROWTH, detail)


def nothing_failed(title, count, failures):
    """`failures` maps what was wrong to how often."""
    if not count:
        return Check(title, False, "there were none")
    wrong = sum(failures.values())
    detail = f"{wrong:,} of {count:,} failed"
    if failures:
        worst = max(failures, key=failures.get)
        detail += f"; most often ({failures[worst]:,} times): {worst}"
    return Check(title, not wrong, detail)


def is_loss(what):
    """Whether a failure is a request without an answer of a server: cut off, or answered by the proxy in its place."""
    return what.startswith(("status 0:", "status 502:", "status 503:", "status 504:"))


@dataclass
class Exchange:
    """A request as the proxy saw it: when it came and when its last attempt ended, in seconds since 1970."""

    began: float
    ended: float
    server: str
    failed: bool
    retries: int = 0


@dataclass
class Outage:
    """A server that was killed at some moment between two times, and when it answered again."""

    server: str
    killed: tuple
    ready: float


# What the clocks of proxy and script may differ by: the proxy's log tells milliseconds and cuts off the rest.
CLOCK_SLACK_SECONDS = 0.005


def in_flight(exchange, outage):
    """Whether the exchange was with the killed server while it was killed."""
    before, after = outage.killed
    return (
        exchange.server == outage.server
        and exchange.began <= after + CLOCK_SLACK_SECONDS
        and exchange.ended >= before - CLOCK_SLACK_SECONDS
    )


def losses_are_in_flight(exchanges, outages):
    """Every exchange that failed was in flight on the server that was killed, at that moment."""
    failed = [exchange for exchange in exchanges if exchange.failed]
    elsewhere = [exchange for exchange in failed if not any(in_flight(exchange, outage) for outage in outages)]
    detail = f"{len(failed)} failed, {len(failed) - len(elsewhere)} of them in flight on the server that was killed"
    if elsewhere:
        first = elsewhere[0]
        detail += f"; not so one on {first.server} from {first.began:.3f} to {first.ended:.3f}"
    return Check("the proxy lost no request but those in flight on the killed server", not elsewhere, detail)
