"""Texts that follow from a seed, for the tests of the text encoder and for the reference that they compare with."""

MASK = (1 << 64) - 1
WORDS = (
    "the error connection refused timeout kernel panic node pod kube-system restarted disk full latency p99 "
    "database postgres deadlock detected OOMKilled CrashLoopBackOff 10.0.12.7:5432 /var/log/syslog 0x7fff5fbff8c0 "
    "2024-05-01T12:00:03Z [WARN] user=alice id=8f14e45f-ceea-467f-a0b7-5c7c3f9d1b2e naïve café Ünïcödé Straße "
    "ΣΊΣΥΦΟΣ Привет мир 東京 日本語 한국어 중앙처리장치 ไทย हिन्दी العربية עברית e\u0301 a\u030a\u0323 İstanbul ﬁne ﬂow Ⅷ ½ ㎏ "
    "ｆｕｌｌ don't it's C++ #42 $5.00 100% unaffable embeddings tokenization antidisestablishmentarianism "
    "\u200bzero\u200bwidth soft\u00adhyphen \ufeffbom tab\there"
).split(" ")
# First and last code points from which characters are drawn.
RANGES = [
    (0x20, 0x7E), (0x20, 0x7E), (0x00, 0x1F), (0x7F, 0xFF), (0x100, 0x24F), (0x250, 0x36F), (0x370, 0x52F),
    (0x590, 0x6FF), (0x900, 0xDFF), (0xE00, 0x10FF), (0x1100, 0x13FF), (0x1A00, 0x1FFF), (0x2000, 0x206F),
    (0x20A0, 0x2BFF), (0x2E80, 0x33FF), (0x4E00, 0x9FFF), (0xAC00, 0xD7A3), (0xE000, 0xF8FF), (0xF900, 0xFFFF),
    (0x10000, 0x11FFF), (0x1D000, 0x1D7FF), (0x1F000, 0x1FAFF), (0x20000, 0x2FA1F), (0x30000, 0x10FFFF),
]


class Generator:
    """SplitMix64."""

    def __init__(self, seed):
        self.state = seed

    def next(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        value = self.state
        value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & MASK
        return value ^ (value >> 31)

    def below(self, count):
        return self.next() % count


def character(random):
    first, last = RANGES[random.below(len(RANGES))]
    point = first + random.below(last - first + 1)
    return "" if 0xD800 <= point < 0xE000 else chr(point)


def text(random):
    """Words of the list mostly, characters of all scripts, long words, special words, and runs of marks."""
    count = random.below(40)
    if random.below(16) == 0:
        count *= 8
    parts = []
    for _ in range(count):
        kind = random.below(20)
        if kind < 12:
            parts.append(WORDS[random.below(len(WORDS))])
        elif kind < 16:
            parts.append("".join(character(random) for _ in range(1 + random.below(8))))
        elif kind < 17:
            parts.append("".join(chr(0x61 + random.below(26)) for _ in range(1 + random.below(12))))
        elif kind < 18:
            parts.append(chr(0x61 + random.below(26)) * (80 + random.below(40)))
        elif kind < 19:
            parts.append(["[CLS]", "[SEP]", "[MASK]", "[PAD]", "[UNK]", "[cls]", "[MASK"][random.below(7)])
        else:
            parts.append("".join(chr(0x300 + random.below(0x70)) for _ in range(1 + random.below(5))))
        if random.below(8) != 0:
            parts.append(" ")
    return "".join(parts)


def plain(random):
    """Words of the list: what a log says."""
    return " ".join(WORDS[random.below(len(WORDS))] for _ in range(random.below(60) if random.below(20) else 300))
