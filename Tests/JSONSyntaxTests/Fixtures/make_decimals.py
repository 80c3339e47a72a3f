#!/usr/bin/env python3
"""Writes decimals.txt: JSON numbers and what they round to, by exact rational arithmetic.

Each line: the decimal, then the bits of the nearest float32, float64, half and bfloat16 in hexadecimal, ties to even,
overflow to infinity as IEEE 754 section 4.3.1 rounds. Nothing but Python's integers takes part in the rounding.
Run: python3 make_decimals.py > decimals.txt
"""
import random
from fractions import Fraction

FORMATS = {"float32": (24, -126, 127), "float64": (53, -1022, 1023), "half": (11, -14, 15), "bfloat16": (8, -126, 127)}
WIDTH = {"float32": 32, "float64": 64, "half": 16, "bfloat16": 16}


def exact(text):
    """The decimal as a fraction; Fraction's own parser accepts the same texts."""
    return Fraction(text)


def rounded(text, name):
    precision, least, greatest = FORMATS[name]
    width = WIDTH[name]
    value = exact(text)
    sign = 1 << (width - 1) if text.startswith("-") else 0
    value = abs(value)
    infinity = (greatest * 2 + 1) << (precision - 1)
    if value == 0:
        return sign
    exponent = value.numerator.bit_length() - value.denominator.bit_length()
    if Fraction(2) ** exponent > value:
        exponent -= 1
    assert Fraction(2) ** exponent <= value < Fraction(2) ** (exponent + 1)
    quantum = Fraction(2) ** (max(exponent, least) - (precision - 1))
    steps, rest = divmod(value, quantum)
    if rest * 2 > quantum or (rest * 2 == quantum and steps % 2 == 1):
        steps += 1
    # Subnormal numbers, and carries into the next exponent, follow from the encoding's order.
    biased = max(exponent, least) + greatest
    bits = ((biased - 1) << (precision - 1)) + steps
    return sign | (infinity if bits >= infinity else bits)


def decimal_of(value):
    """A fraction whose denominator is a power of two or ten, written out."""
    digits = 0
    while (value * 10**digits).denominator != 1:
        digits += 1
    text = str((value * 10**digits).numerator)
    if digits == 0:
        return text
    negative = text.startswith("-")
    text = text.lstrip("-").rjust(digits + 1, "0")
    return ("-" if negative else "") + text[:-digits] + "." + text[-digits:]


def main():
    random.seed(20240229)
    texts = []
    texts += """0 -0 0.0 -0.0 0e5 1 -1 10 100 0.1 0.2 0.3 1e0 1E+2 1e-2 1.5e3 123456789 1234567890123456789
        12345678901234567890 123456789012345678901234567890 0.000001 0.0000001 1e22 1e23 1e-22 1e-23 9007199254740993
        9007199254740992.5 1e38 3.4028234663852886e38 3.4028235677973366e38 3.4028235677973365e38 3.5e38 1e39 1e308
        1.7976931348623157e308 1.7976931348623159e308 1e309 1e400 1e-45 7.006492321624085e-46 7.006492321624086e-46
        1.1754943508222875e-38 1.1754942807573643e-38 1.1754942807573644e-38 4.9e-324 2.4703282292062327e-324
        2.4703282292062328e-324 1e-400 0e999999999 1e-999999999 65504 65519.99999 65520 65519 65536 6e-8 2.98e-8 2.99e-8
        2049 2051 2050.5 257 259 0.333333333333333333333 99999999999999999999999 1e00000000000000000001
        0.00000000000000000000000000000000000000000000000000000000000001 1000000000000000000000000000000000000000
        2.2250738585072011e-308 2.2250738585072012e-308 6.103515625e-05 6.1035154e-05
        179769313486231580793e289 8388608.5 16777217 16777217.0000001 16777216.9999999 4294967295 18446744073709551615
        18446744073709551616 9223372036854775807 9223372036854775808 0.48213574290275574 48.213574290275574
        1234567.12345678 1234567.123456789012 99999999.99999999 0.000000000000000001 999999999999999999
        0.999999999999999999 0.9999999999999999999 0.1234567812345678 0.12345678123456789 12.34567812345678
        """.split()
    # Midpoints between neighbours of every format, one digit below and above them.
    for name, (precision, least, greatest) in FORMATS.items():
        for _ in range(40):
            lowest, highest = (-60, 60) if name == "float64" else (least - precision, min(greatest, 60))
            exponent = random.randint(lowest, highest)
            exponent = max(exponent, least)
            steps = random.randrange(1 << (precision - 1), 1 << precision)
            if exponent == least and random.random() < 0.5:
                steps = random.randrange(0, 1 << (precision - 1))
            middle = (Fraction(2 * steps + 1)) * Fraction(2) ** (exponent - precision)
            text = decimal_of(middle)
            texts.append(text)
            if "." not in text:
                text += ".0"
            texts.append(text + "0000000000000000000001")
            low = decimal_of(middle - Fraction(1, 10 ** (len(text) + 20)))
            texts.append("-" + low)
            if len(text) > 17:
                texts.append(text[:17].rstrip("."))
                texts.append(text[:19].rstrip("."))
    # Ordinary numbers of all shapes.
    for _ in range(900):
        digits = random.randint(1, 20)
        body = str(random.randrange(10 ** (digits - 1) if digits > 1 else 0, 10**digits))
        point = random.randint(0, len(body))
        if point == 0:
            text = "0." + "0" * random.choice([0, 0, 0, 1, 2, 5]) + body
        elif point == len(body):
            text = body
        else:
            text = body[:point] + "." + body[point:]
        if text[0] == "0" and len(text) > 1 and text[1] != ".":
            text = text.lstrip("0") or "0"
            if text[0] == ".":
                text = "0" + text
        if random.random() < 0.3:
            text += random.choice("eE") + random.choice(["", "+", "-"])
            text += str(random.choice([0, 1, 5, 10, 20, 30, 44, 290]))
        if random.random() < 0.3:
            text = "-" + text
        texts.append(text)
    # What clients send for float32: the float64 of it in full.
    for _ in range(200):
        import struct

        bits = random.randrange(0x00000001, 0x7F7FFFFF)
        value = struct.unpack("<f", struct.pack("<I", bits))[0]
        texts.append(repr(value))
        value = struct.unpack("<f", struct.pack("<f", random.random() * random.choice([1, 100, 1e6])))[0]
        texts.append(repr(value))
    for text in texts:
        if abs(exact_exponent(text)) > 5000:
            # Beyond every format: no need to write the fraction out.
            sign = text.startswith("-")
            zero = exact_exponent(text) < 0 or all(c in "0.-" for c in text.lower().split("e")[0])
            bits = [
                (1 << (WIDTH[n] - 1) if sign else 0)
                | (0 if zero else (FORMATS[n][2] * 2 + 1) << (FORMATS[n][0] - 1)) for n in FORMATS
            ]
        else:
            bits = [rounded(text, name) for name in FORMATS]
        print(text, *(f"{b:x}" for b in bits))


def exact_exponent(text):
    parts = text.lower().split("e")
    return int(parts[1]) if len(parts) == 2 else 0


main()
