"""Writes Tests/TextEmbeddingTests/Fixtures: what the reference makes of texts that the tests make themselves.

The texts follow from a seed by the same steps in embedder_texts.py and Tests/TextEmbeddingTests/SeededTexts.swift, so
that only hashes of their tokens, the vectors of some, and cases worth reading stand in the tree:

    .ci/embedder
    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install sentence-transformers==6.2.0
    /tmp/venv/bin/python training/embedder_fixtures.py .build/embedder/text_embedder/1
"""

import json
import pathlib
import sys

import tokenizers
from embedder_texts import MASK, Generator, plain, text
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer

FIXTURES = pathlib.Path(__file__).parent.parent / "Tests/TextEmbeddingTests/Fixtures"
CASES = [
    "", " ", "\n\t ", "Hello, World!", "unaffable", "a" * 100, "a" * 101, "日本語テキスト", "x日本語y", "한국어", "e\u0301",
    "\u00e9", "Å\u0323", "a\u0323\u0307", "a\u0307\u0323", "\u1d15e\u0301", "\u302e\u302a", "a\u302e\u1b44b", "İ",
    "ẞ ß", "ΣΑΣ", "[CLS] a [SEP]", "[MASK]", "[mask]", "a[SEP]b", "[[SEP]]", "\u200b", "zero\u200bwidth",
    "soft\u00adhyphen", "\ufffd", "\0", "a\0b", "\u0085", "\u2028", "\u00a0", "\u3000", "don't", "3.14", "$5",
    "<tag>", "`x`", "\u1fef", "\u037e", "\u0387", "½", "①", "ﬁ", "🙂", "👩‍👩‍👧", "🇩🇪", "\U0001fae0", "\U0010ffff",
    "\ue000", "\ufeffbom", "\u034f", "a\u034f\u0323b", "#", "##", "##a", "a##b",
    "the quick brown fox jumps over the lazy dog", "Ⅷ", "ǅ", "ſ", "ı", "K", "Å", "≠", "が", "ば\u3099", "क़", "ड़",
    "\u0958", "\U0002f800", "\uf900", "ᄀ가", "각", "힣", "\u1fc1", "\u2126",
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
    reference.normalizer = BertNormalizer(
        clean_text=True, handle_chinese_chars=True, strip_accents=None, lowercase=True)
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
        "command": "training/embedder_fixtures.py", "seed": seed + 2, "shape": list(vectors.shape),
        "max_seq_length": 256,
    }, indent=1) + "\n")


if __name__ == "__main__":
    main()
