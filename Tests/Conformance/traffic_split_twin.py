"""The assignment of keys to variants in Python: what a client needs to predict who answers it.

Written from the ten lines of the page TrafficSplitting, not from the server.
"""

from decimal import Decimal, getcontext

MASK = (1 << 64) - 1


def logarithm_table():
    getcontext().prec = 50
    two = Decimal(2).ln()
    entries = [(Decimal(256 + index) / 256).ln() / two * (1 << 32) for index in range(257)]
    return [int(entry.to_integral_value(rounding="ROUND_HALF_EVEN")) for entry in entries]


TABLE = logarithm_table()


def fnv1a(data):
    state = 0xCBF29CE484222325
    for byte in data:
        state = ((state ^ byte) * 0x100000001B3) & MASK
    return state


def mix(x):
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
    return x ^ (x >> 31)


def key_hash(split, key):
    key = key if isinstance(key, bytes) else key.encode()
    return mix(fnv1a(split.encode() + b"\0" + key))


def draw(x):
    x = x or 1
    zeros = 64 - x.bit_length()
    m = (x << zeros) & MASK
    i, r = (m >> 55) & 255, (m >> 23) & 0xFFFFFFFF
    return ((zeros + 1) << 32) - (TABLE[i] + ((TABLE[i + 1] - TABLE[i]) * r >> 32))


def assign(split, key, weights):
    """The name of the variant that a key gets; `weights` maps names to weights."""
    best = None
    for name in sorted(weights, key=str.encode):
        weight = int(weights[name] * 1_000_000 + 0.5)
        if weight == 0:
            continue
        d = draw(mix(key_hash(split, key) ^ fnv1a(name.encode())))
        if best is None or d * best[1] < best[0] * weight:
            best = (d, weight, name)
    return best[2]
