/// Takes endings off English words, so that `crashed`, `crashes` and `crashing` are one.
///
/// - Source: M. F. Porter, An algorithm for suffix stripping, Program 14 (1980), as Snowball's `porter` has it, from
///   which expected values are; short words lose their endings, too.
struct PorterStemmer {
    private var word: [UInt8]
    /// The end of what the present ending leaves.
    private var stemEnd = 0

    private init(_ word: [UInt8]) { self.word = word }

    /// The stem of a word of lower-case letters.
    static func stem(_ word: [UInt8]) -> [UInt8] {
        guard word.allSatisfy({ $0 >= 0x61 && $0 <= 0x7A }) else { return word }
        var stemmer = PorterStemmer(word)
        stemmer.plurals()
        stemmer.pasts()
        stemmer.lastY()
        stemmer.replaceEnding(of: Self.secondEndings) { $0.measure > 0 }
        stemmer.replaceEnding(of: Self.thirdEndings) { $0.measure > 0 }
        stemmer.fourth()
        stemmer.lastE()
        return stemmer.word
    }

    // MARK: Conditions

    private func isConsonant(_ index: Int) -> Bool {
        switch word[index] {
        case UInt8(ascii: "a"), UInt8(ascii: "e"), UInt8(ascii: "i"), UInt8(ascii: "o"), UInt8(ascii: "u"): false
        case UInt8(ascii: "y"): index == 0 || !isConsonant(index - 1)
        default: true
        }
    }

    /// How often a vowel and a consonant follow each other in the stem.
    private var measure: Int {
        var count = 0
        var wasVowel = false
        for index in 0..<stemEnd {
            let isVowel = !isConsonant(index)
            if wasVowel, !isVowel { count += 1 }
            wasVowel = isVowel
        }
        return count
    }

    private var hasVowel: Bool { (0..<stemEnd).contains { !isConsonant($0) } }

    /// Whether the word ends in two equal consonants.
    private var endsDouble: Bool {
        word.count > 1 && word[word.count - 1] == word[word.count - 2] && isConsonant(word.count - 1)
    }

    /// Whether the stem ends in consonant, vowel, consonant, the last one none of w, x and y.
    private var endsShort: Bool {
        guard stemEnd > 2, isConsonant(stemEnd - 1), !isConsonant(stemEnd - 2), isConsonant(stemEnd - 3) else {
            return false
        }
        return !"wxy".utf8.contains(word[stemEnd - 1])
    }

    private mutating func ends(_ ending: String) -> Bool {
        let bytes = Array(ending.utf8)
        guard word.count >= bytes.count, word.suffix(bytes.count).elementsEqual(bytes) else { return false }
        stemEnd = word.count - bytes.count
        return true
    }

    private mutating func setEnding(_ ending: String) { word = Array(word[..<stemEnd]) + Array(ending.utf8) }

    // MARK: Steps

    private mutating func plurals() {
        if ends("sses") {
            setEnding("ss")
        } else if ends("ies") {
            setEnding("i")
        } else if !ends("ss"), ends("s") {
            setEnding("")
        }
    }

    private mutating func pasts() {
        if ends("eed") {
            if measure > 0 { setEnding("ee") }
            return
        }
        let isPast = ends("ed") && hasVowel
        guard isPast || ends("ing") && hasVowel else { return }
        setEnding("")
        if ends("at") {
            setEnding("ate")
        } else if ends("bl") {
            setEnding("ble")
        } else if ends("iz") {
            setEnding("ize")
        } else if endsDouble {
            if let last = word.last, !"lsz".utf8.contains(last) { word.removeLast() }
        } else {
            stemEnd = word.count
            if measure == 1, endsShort { word.append(UInt8(ascii: "e")) }
        }
    }

    private mutating func lastY() {
        if ends("y"), hasVowel { setEnding("i") }
    }

    /// Replaces the first of some endings that the word has, if the stem permits it.
    private mutating func replaceEnding(of endings: [(String, String)], if condition: (PorterStemmer) -> Bool) {
        for (ending, replacement) in endings where ends(ending) {
            if condition(self) { setEnding(replacement) }
            return
        }
    }

    private static let secondEndings = [
        ("ational", "ate"), ("tional", "tion"), ("enci", "ence"), ("anci", "ance"), ("izer", "ize"), ("abli", "able"),
        ("alli", "al"), ("entli", "ent"), ("eli", "e"), ("ousli", "ous"), ("ization", "ize"), ("ation", "ate"),
        ("ator", "ate"), ("alism", "al"), ("iveness", "ive"), ("fulness", "ful"), ("ousness", "ous"),
        ("aliti", "al"), ("iviti", "ive"), ("biliti", "ble"),
    ]

    private static let thirdEndings = [
        ("icate", "ic"), ("ative", ""), ("alize", "al"), ("iciti", "ic"), ("ical", "ic"), ("ful", ""), ("ness", ""),
    ]

    private static let fourthEndings = [
        "al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "sion", "tion", "ou", "ism",
        "ate", "iti", "ous", "ive", "ize",
    ]

    private mutating func fourth() {
        for ending in Self.fourthEndings where ends(ending) {
            // Of "ion" the letter in front stays.
            if ending.hasSuffix("ion") { stemEnd += 1 }
            if measure > 1 { setEnding("") }
            return
        }
    }

    private mutating func lastE() {
        if ends("e") {
            let measure = measure
            if measure > 1 || measure == 1 && !endsShort { setEnding("") }
        }
        stemEnd = word.count
        if endsDouble, word.last == UInt8(ascii: "l"), measure > 1 { word.removeLast() }
    }
}
