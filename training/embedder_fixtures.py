"""Writes Tests/TextEmbeddingTests/Fixtures: what the reference makes of texts that the tests make themselves.

The texts follow from a seed by the same steps here and in Tests/TextEmbeddingTests/SeededTexts.swift, so that only
hashes of their tokens, the vectors of some, and cases worth reading stand in the tree:

    .ci/embedder
    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install sentence-transformers==6.2.0
    /tmp/venv/bin/python training/embedder_fixtures.py .build/embedder/text_embedder/1
"""

import json
import pathlib
import sys

import tokenizers
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer

FIXTURES = pathlib.Path(__file__).parent.parent / "Tests/TextEmbeddingTests/Fixtures"
MASK = (1 << 64) - 1
WORDS = (
    "the error connection refused timeout kernel panic node pod kube-system restarted disk full latency p99 database "
    "postgres deadlock detected OOMKilled CrashLoopBackOff 10.0.12.7:5432 /var/log/syslog 0x7fff5fbff8c0 2024-05-01T12:00:03Z "
    "[WARN] user=alice id=8f14e45f-ceea-467f-a0b7-5c7c3f9d1b2e naïve café Ünïcödé Straße ΣΊΣΥΦΟΣ Привет мир 東京 日本語 한국어 "
    "중앙처리장치 ไทย हिन्दी العربية עברית e\u0301 a\u030a\u0323 İstanbul ﬁne ﬂow Ⅷ ½ ㎏ ｆｕｌｌ don't it's C++ #42 $5.00 100% "
    "unaffable embeddings tokenization antidisestablishmentarianism \u200bzero\u200bwidth soft\u00adhyphen \ufeffbom tab\there"
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


CASES = [
    "", " ", "\n\t ", "Hello, World!", "unaffable", "a" * 100, "a" * 101, "日本語テキスト", "x日本語y", "한국어", "e\u0301", "\u00e9",
    "Å\u0323", "a\u0323\u0307", "a\u0307\u0323", "\u1d15e\u0301", "\u302e\u302a", "a\u302e\u1b44b", "İ", "ẞ ß", "ΣΑΣ",
    "[CLS] a [SEP]", "[MASK]", "[mask]", "a[SEP]b", "[[SEP]]", "\u200b", "zero\u200bwidth", "soft\u00adhyphen", "\ufffd", "\0",
    "a\0b", "\u0085", "\u2028", "\u00a0", "\u3000", "don't", "3.14", "$5", "<tag>", "`x`", "\u1fef", "\u037e", "\u0387", "½", "①",
    "ﬁ", "🙂", "👩‍👩‍👧", "🇩🇪", "\U0001fae0", "\U0010ffff", "\ue000", "\ufeffbom", "\u034f", "a\u034f\u0323b", "#", "##", "##a", "a##b",
    "the quick brown fox jumps over the lazy dog", "Ⅷ", "ǅ", "ſ", "ı", "K", "Å", "≠", "が", "ば\u3099", "क़", "ड़", "\u0958",
    "\U0002f800", "\uf900", "ᄀ가", "각", "힣", "\u1fc1", "\u2126",
]


def hashed(state, ids):
    """FNV-1a over the numbers as four bytes each, and their count."""
    for value in [len(ids), *ids]:
        for shift in (0, 8, 16, 24):
            state = ((state ^ (value >> shift & 0xFF)) * 0x100000001B3) & MASK
    return state


def main():
    folder = pathlib.Path(sys.argv[1])
    vocabulary = {line: number for number, line in enumerate((folder / "vocab.txt").read_text().split("\n")[:-1])}
    reference = Tokenizer(WordPiece(vocabulary, unk_token="[UNK]", max_input_chars_per_word=100))
    reference.normalizer = BertNormalizer(clean_text=True, handle_chinese_chars=True, strip_accents=None, lowercase=True)
    reference.pre_tokenizer = BertPreTokenizer()
    reference.add_special_tokens(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"])

    def ids(string):
        return [101, *reference.encode(string, add_special_tokens=False).ids, 102]

    seed, block_size, block_count = 20261130, 1000, 24
    random = Generator(seed)
    hashes = []
    for _ in range(block_count):
        state = 0xCBF29CE484222325
        for _ in range(block_size):
            state = hashed(state, ids(text(random)))
        hashes.append(f"{state:016x}")
    explicit = list(CASES)
    random = Generator(seed + 1)
    while len(explicit) < 400:
        candidate = text(random)
        if len(candidate) <= 120:
            explicit.append(candidate)
    document = {
        "source": f"tokenizers {tokenizers.__version__}", "command": "training/embedder_fixtures.py", "seed": seed,
        "block_size": block_size, "hashes": hashes,
        "cases": [{"scalars": [ord(each) for each in case], "ids": ids(case)} for case in explicit],
    }
    FIXTURES.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps(case, separators=(",", ":")) for case in document.pop("cases")]
    head = json.dumps(document, indent=1)[:-2]
    (FIXTURES / "tokens.json").write_text(head + ',\n "cases": [\n' + ",\n".join(lines) + "\n]}\n")
    if "--tokens" in sys.argv:
        return

    import numpy
    import sentence_transformers
    import torch
    from sentence_transformers import SentenceTransformer

    package = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else folder
    model = SentenceTransformer(str(package), device="cpu")
    model.max_seq_length = 256
    model.tokenizer.backend_tokenizer.no_padding()
    model.tokenizer.backend_tokenizer.no_truncation()
    random = Generator(seed + 2)
    texts = [plain(random) if number % 2 else text(random) for number in range(1024)]
    texts[0] = ""
    # One by one: padding changes the last bits.
    vectors = numpy.stack([model.encode([each], normalize_embeddings=True)[0] for each in texts])
    assert vectors.shape == (1024, 384) and vectors.dtype == numpy.float32
    (FIXTURES / "vectors.f32").write_bytes(vectors.astype("<f4").tobytes())
    (FIXTURES / "vectors.json").write_text(json.dumps({
        "source": f"sentence-transformers {sentence_transformers.__version__}, torch {torch.__version__}",
        "command": "training/embedder_fixtures.py", "seed": seed + 2, "shape": list(vectors.shape), "max_seq_length": 256,
    }, indent=1) + "\n")


if __name__ == "__main__":
    main()
