"""Writes documents, queries and their scores by bm25s, which tests compare with.

    pip install bm25s==0.3.16 snowballstemmer==3.1.1
    python make_keyword_scores.py > keyword-scores.txt

Words are made of syllables and kept only where stemming leaves them as they are, so that the scores are those of the
same terms. Lines are `document WORDS`, `query WORDS` and `scores INDEX:SCORE …`, the best hundred with scores above 0.
"""

import random

import bm25s
import numpy
import snowballstemmer

SEED = 20261130
STOP_WORDS = {"do", "no", "so", "to", "me", "he", "we", "be", "my", "by"}


def vocabulary(generator, stem):
    words = set()
    while len(words) < 300:
        syllables = range(generator.randint(2, 4))
        word = "".join(generator.choice("bdfgklmnprt") + generator.choice("aou") for _ in syllables)
        if stem(word) == word and word not in STOP_WORDS:
            words.add(word)
    return sorted(words)


def main():
    generator = random.Random(SEED)
    words = vocabulary(generator, snowballstemmer.stemmer("porter").stemWord)
    weights = [1 / (rank + 1) for rank in range(len(words))]
    documents = [generator.choices(words, weights, k=generator.randint(1, 120)) for _ in range(400)]
    # Text with one word very often, and one with every word once.
    documents += [[words[0]] * 200, list(words)]
    retriever = bm25s.BM25(method="lucene", k1=1.2, b=0.75, dtype="float64")
    retriever.index(documents, show_progress=False)
    print(f"# bm25s {bm25s.__version__}, numpy {numpy.__version__}, lucene, k1 1.2, b 0.75, make_keyword_scores.py")
    for document in documents:
        print("document", " ".join(document))
    for _ in range(60):
        # Our index counts a word of a query once.
        query = list(dict.fromkeys(generator.choices(words, k=generator.randint(1, 12))))
        scores = retriever.get_scores(query)
        best = [index for index in numpy.argsort(-scores, kind="stable") if scores[index] > 0][:100]
        print("query", " ".join(query))
        print("scores", " ".join(f"{index}:{float(scores[index])!r}" for index in best))


if __name__ == "__main__":
    main()
