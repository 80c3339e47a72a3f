"""Writes words of English with their stems by Snowball's `porter`, which tests compare with.

    pip install snowballstemmer==3.1.1
    python make_stems.py > stems.txt

The words are those of Python's own documentation, as `pydoc_data` has it, and some made of every ending.
"""

import re

import snowballstemmer
from pydoc_data import topics

ENDINGS = """s es sses ies ss ed eed ing at bl iz y ational tional enci anci izer bli abli alli entli eli ousli ization
ation ator alism iveness fulness ousness aliti iviti biliti logi icate ative alize iciti ical ful ness al ance ence er
ic able ible ant ement ment ent sion tion ou ism ate iti ous ive ize e le ll""".split()
BEGINNINGS = "a b tr ee oat bab trouble crash hop fil fail fizz tann roll control relat valenc hesit oper sky y".split()


def main():
    words = set(re.findall(r"[a-z]{2,24}", " ".join(topics.topics.values()).lower()))
    words |= {beginning + ending for beginning in BEGINNINGS for ending in ENDINGS}
    stem = snowballstemmer.stemmer("porter").stemWord
    print(f"# snowballstemmer {'3.1.1'} porter: word stem, make_stems.py")
    for word in sorted(words):
        print(word, stem(word))


if __name__ == "__main__":
    main()
