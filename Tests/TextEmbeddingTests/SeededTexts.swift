/// Texts that follow from a seed, by the steps of training/embedder_fixtures.py.
struct SeededTexts {
    /// The state of SplitMix64.
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    private mutating func below(_ count: UInt64) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((value ^ (value >> 31)) % count)
    }

    /// Separated by single spaces.
    private static let wordList = """
        the error connection refused timeout kernel panic node pod kube-system restarted disk full latency p99 \
        database postgres deadlock detected OOMKilled CrashLoopBackOff 10.0.12.7:5432 /var/log/syslog \
        0x7fff5fbff8c0 2024-05-01T12:00:03Z [WARN] user=alice id=8f14e45f-ceea-467f-a0b7-5c7c3f9d1b2e \
        na\u{EF}ve caf\u{E9} \u{DC}n\u{EF}c\u{F6}d\u{E9} Stra\u{DF}e \
        \u{3A3}\u{38A}\u{3A3}\u{3A5}\u{3A6}\u{39F}\u{3A3} \u{41F}\u{440}\u{438}\u{432}\u{435}\u{442} \
        \u{43C}\u{438}\u{440} \u{6771}\u{4EAC} \u{65E5}\u{672C}\u{8A9E} \u{D55C}\u{AD6D}\u{C5B4} \
        \u{C911}\u{C559}\u{CC98}\u{B9AC}\u{C7A5}\u{CE58} \u{E44}\u{E17}\u{E22} \
        \u{939}\u{93F}\u{928}\u{94D}\u{926}\u{940} \u{627}\u{644}\u{639}\u{631}\u{628}\u{64A}\u{629} \
        \u{5E2}\u{5D1}\u{5E8}\u{5D9}\u{5EA} e\u{301} a\u{30A}\u{323} \u{130}stanbul \u{FB01}ne \u{FB02}ow \
        \u{2167} \u{BD} \u{338F} \u{FF46}\u{FF55}\u{FF4C}\u{FF4C} don't it's C++ #42 $5.00 100% unaffable \
        embeddings tokenization antidisestablishmentarianism \u{200B}zero\u{200B}width soft\u{AD}hyphen \
        \u{FEFF}bom tab\u{9}here
        """

    private static let words = wordList.unicodeScalars.split(separator: " ", omittingEmptySubsequences: false).map {
        $0.map(\.value)
    }

    /// First and last code points from which characters are drawn.
    private static let ranges: [(first: UInt32, last: UInt32)] = [
        (0x20, 0x7E), (0x20, 0x7E), (0x0, 0x1F), (0x7F, 0xFF), (0x100, 0x24F), (0x250, 0x36F), (0x370, 0x52F),
        (0x590, 0x6FF), (0x900, 0xDFF), (0xE00, 0x10FF), (0x1100, 0x13FF), (0x1A00, 0x1FFF), (0x2000, 0x206F),
        (0x20A0, 0x2BFF), (0x2E80, 0x33FF), (0x4E00, 0x9FFF), (0xAC00, 0xD7A3), (0xE000, 0xF8FF), (0xF900, 0xFFFF),
        (0x10000, 0x11FFF), (0x1D000, 0x1D7FF), (0x1F000, 0x1FAFF), (0x20000, 0x2FA1F), (0x30000, 0x10FFFF),
    ]

    private static let specials = ["[CLS]", "[SEP]", "[MASK]", "[PAD]", "[UNK]", "[cls]", "[MASK"].map {
        $0.unicodeScalars.map(\.value)
    }

    /// Words of the list mostly, characters of all scripts, long words, special words, and runs of marks.
    mutating func text() -> [UInt32] {
        var count = below(40)
        if below(16) == 0 { count *= 8 }
        var text: [UInt32] = []
        for _ in 0..<count {
            let kind = below(20)
            if kind < 12 {
                text += Self.words[below(UInt64(Self.words.count))]
            } else if kind < 16 {
                for _ in 0..<1 + below(8) {
                    let range = Self.ranges[below(UInt64(Self.ranges.count))]
                    let point = range.first + UInt32(below(UInt64(range.last - range.first + 1)))
                    if !(0xD800..<0xE000).contains(point) { text.append(point) }
                }
            } else if kind < 17 {
                for _ in 0..<1 + below(12) { text.append(0x61 + UInt32(below(26))) }
            } else if kind < 18 {
                let letter = 0x61 + UInt32(below(26))
                text += Array(repeating: letter, count: 80 + below(40))
            } else if kind < 19 {
                text += Self.specials[below(7)]
            } else {
                for _ in 0..<1 + below(5) { text.append(0x300 + UInt32(below(0x70))) }
            }
            if below(8) != 0 { text.append(0x20) }
        }
        return text
    }

    /// Words of the list: what a log says.
    mutating func plain() -> [UInt32] {
        let count = below(20) != 0 ? below(60) : 300
        var text: [UInt32] = []
        for index in 0..<count {
            if index > 0 { text.append(0x20) }
            text += Self.words[below(UInt64(Self.words.count))]
        }
        return text
    }

    /// A text as UTF-8.
    static func utf8(_ scalars: [UInt32]) -> [UInt8] {
        var text = String.UnicodeScalarView()
        for scalar in scalars.compactMap({ Unicode.Scalar($0) }) { text.append(scalar) }
        return Array(String(text).utf8)
    }
}
