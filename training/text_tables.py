"""Writes Sources/TextEmbedding/Tokenizing/CharacterTableText.swift: what BERT's tokenizer does with each character.

The reference is asked about every code point, so that the table follows its versions of Unicode, whichever they are:

    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install tokenizers==0.23.3
    /tmp/venv/bin/python training/text_tables.py

Only the order of marks that normalisation sorts comes from Python's `unicodedata`: a single character does not show it.
"""

import pathlib
import unicodedata

import tokenizers
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer

TARGET = pathlib.Path(__file__).parent.parent / "Sources/TextEmbedding/Tokenizing/CharacterTableText.swift"
HANGUL = range(0xAC00, 0xD7A4)


def code_points():
    return (point for point in range(0x110000) if not 0xD800 <= point < 0xE000)


def runs(points):
    """Neighbouring code points as (first, count)."""
    found = []
    for point in points:
        if found and found[-1][0] + found[-1][1] == point:
            found[-1][1] += 1
        else:
            found.append([point, 1])
    return found


def number(value):
    digits = ""
    while True:
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[value % 36] + digits
        value //= 36
        if value == 0:
            return digits


def range_words(points):
    """Gap to the end of the run before, and count, for each run."""
    words, end = [], 0
    for first, count in runs(sorted(points)):
        words += [number(first - end), number(count)]
        end = first + count
    return words


def main():
    normalizer = BertNormalizer(clean_text=True, handle_chinese_chars=True, strip_accents=None, lowercase=True)
    splitter = BertPreTokenizer()
    dropped, spaces, ideographs, marks, punctuation, mappings = [], [], [], [], [], {}
    for point in code_points():
        character = chr(point)
        text = normalizer.normalize_str(f"a{character}b")
        assert text[0] == "a" and text[-1] == "b", hex(point)
        middle = text[1:-1]
        if middle == "":
            (marks if unicodedata.combining(character) == 0 and unicodedata.category(character) == "Mn"
             else dropped).append(point)
            continue
        if middle == " ":
            spaces.append(point)
            continue
        if len(middle) > 2 and middle[0] == " " and middle[-1] == " ":
            ideographs.append(point)
            middle = middle[1:-1]
        if middle != character and point not in HANGUL:
            mappings[point] = [ord(each) for each in middle]
        if len(splitter.pre_tokenize_str(f"a{character}b")) == 3:
            punctuation.append(point)
    # What is dropped for being a mark, too, keeps its place while marks are sorted; only starters among them matter.
    # The reference does not know the class of each mark that Python knows: a mark of class 224 shows whether it does.
    def is_sorted(character):
        other = "\u302f" if unicodedata.combining(character) < 224 else "\u302e"
        first, second = (other, character) if unicodedata.combining(character) < 224 else (character, other)
        return normalizer.normalize_str(f"a{first}{second}b") == f"a{second}{first}b"

    sorted_marks = [
        (point, unicodedata.combining(chr(point))) for point in code_points()
        if unicodedata.combining(chr(point)) and normalizer.normalize_str(f"a{chr(point)}b") != "ab"
        and (unicodedata.combining(chr(point)) == 224 or is_sorted(chr(point)))
    ]
    for point in HANGUL:
        expected = unicodedata.normalize("NFD", chr(point))
        assert normalizer.normalize_str(chr(point)) == expected

    sections = {
        "dropped": range_words(dropped), "droppedStarters": range_words(marks), "spaces": range_words(spaces),
        "ideographs": range_words(ideographs), "punctuation": range_words(punctuation),
    }
    # Runs of single characters that move by the same distance, every one or every other: first, step, count, target.
    singles = {point: targets[0] for point, targets in mappings.items() if len(targets) == 1}
    words, rest, end = [], sorted(singles), 0
    while rest:
        first = rest[0]
        best = (1, 1)
        for step in (1, 2):
            count = 1
            while singles.get(first + count * step, -1) - (first + count * step) == singles[first] - first:
                count += 1
            if count > best[1]:
                best = (step, count)
        step, count = best
        taken = {first + index * step for index in range(count)}
        rest = [point for point in rest if point not in taken]
        words += [number(first), number(step), number(count), number(singles[first])]
    sections["moved"] = words
    words, end = [], 0
    for point in sorted(point for point, targets in mappings.items() if len(targets) > 1):
        targets = mappings[point]
        words += [number(point - end), number(len(targets))] + [number(target) for target in targets]
        end = point
    sections["replaced"] = words
    sections["sortedMarks"] = [number(value) for pair in sorted_marks for value in pair]

    lines = [
        f"// Written by training/text_tables.py, which asked tokenizers {tokenizers.__version__} about every code "
        "point.",
        "",
        "/// What BERT's tokenizer does with each character, as numbers to base 36.",
        "///",
        "/// - Source: `BertNormalizer` and `BertPreTokenizer` of the package tokenizers, without case.",
        "enum CharacterTableText {",
    ]
    comments = {
        "dropped": "Vanish: gap to the end of the run before, and length, for each run of code points.",
        "droppedStarters": "Vanish, and marks are not sorted across them; as above.",
        "spaces": "Become a space; as above.",
        "ideographs": "Stand alone, as words; as above.",
        "punctuation": "Are words of their own; as above.",
        "moved": "Become another character: first, step, count, and the target of the first, for each run.",
        "replaced": "Become several characters: gap to the one before, their number, and they.",
        "sortedMarks": "Marks that stay, and their class: those of a run are sorted by it.",
    }
    for name, words in sections.items():
        lines += [f"    /// {comments[name]}", f'    static let {name} = """']
        line = "       "
        for index, word in enumerate(words):
            if len(line) + 1 + len(word) > 117:
                lines.append(line + " \\")
                line = "       "
            line += " " + word
        lines += [line, '        """', ""]
    lines[-1] = "}"
    TARGET.write_text("\n".join(lines) + "\n")
    print({name: len(words) for name, words in sections.items()})


if __name__ == "__main__":
    main()
