/// A set of categories that a split asks for, and the side to which its members go.
///
/// - Shape: bit `c & 31` of word `c >> 5` tells whether category `c` belongs to the set; categories behind the last
///   word do not.
/// - Source: XGBoost's members go right, LightGBM's and scikit-learn's left; Treelite says it split by split. CatBoost
///   knows a category by the hash of its text; its set is what has one hash. ONNX's sets are of any numbers.
package struct CategorySet: Sendable, Hashable {
    /// The bits; the last word is not 0.
    package let words: [UInt32]
    /// Where members go; everything else but a missing value goes to the other side.
    package let membersGoLeft: Bool
    /// The hash that the members' decimal texts have, in CatBoost's models; then there are no bits.
    package let textHash: UInt32?
    /// Members that are any numbers, ascending, each once; then there are no bits.
    package let numbers: [Double]
    /// Whether a value loses its fraction before it is looked up among `numbers`.
    package let truncatesValues: Bool

    private init(
        words: [UInt32] = [], textHash: UInt32? = nil, numbers: [Double] = [], truncatesValues: Bool = false,
        _ membersGoLeft: Bool
    ) {
        self.words = words
        self.membersGoLeft = membersGoLeft
        self.textHash = textHash
        self.numbers = numbers
        self.truncatesValues = truncatesValues
    }

    /// The integers whose text has a hash.
    init(textHash: UInt32, membersGoLeft: Bool) {
        self.init(textHash: textHash, membersGoLeft)
    }

    /// A set of numbers, whatever the forest's category rule.
    ///
    /// - Parameter truncatesValues: whether a value loses its fraction before it is looked up.
    /// - Precondition: no number is NaN.
    init(numbers: some Sequence<Double>, truncatesValues: Bool = false, membersGoLeft: Bool) {
        // Adding 0 makes one of the two zeros.
        let sorted = Set(numbers.map { $0 + 0 }).sorted()
        precondition(!sorted.contains(where: \.isNaN), "NaN is equal to nothing")
        self.init(numbers: sorted, truncatesValues: truncatesValues, membersGoLeft)
    }

    /// A set of the given bits.
    init(words: [UInt32], membersGoLeft: Bool) {
        let count = words.lastIndex { $0 != 0 }.map { $0 + 1 } ?? 0
        self.init(words: Array(words.prefix(count)), membersGoLeft)
    }

    /// A set of the given categories.
    ///
    /// - Precondition: each is at most `TreeEnsembleLimits.category`.
    init(categories: some Sequence<Int>, membersGoLeft: Bool) {
        var words: [UInt32] = []
        for category in categories {
            precondition(category >= 0 && category <= TreeEnsembleLimits.category, "a category within the limit")
            let word = category >> 5
            if word >= words.count { words += Array(repeating: 0, count: word + 1 - words.count) }
            words[word] |= 1 << UInt32(category & 31)
        }
        self.init(words: words, membersGoLeft: membersGoLeft)
    }

    /// Whether a value that is not missing goes left.
    package func sendsLeft(_ value: Double, rule: TreeEnsemble.CategoryRule) -> Bool {
        contains(value, rule: rule) == membersGoLeft
    }

    private func contains(_ value: Double, rule: TreeEnsemble.CategoryRule) -> Bool {
        if let textHash { return TextHash.hash(ofInteger: value) == textHash }
        if !numbers.isEmpty {
            let number = truncatesValues ? value.rounded(.towardZero) : value
            let place = numbers.partitioningIndex { $0 >= number }
            return place < numbers.count && numbers[place] == number
        }
        let isCategory =
            switch rule {
            case .nonNegative: value >= 0
            case .truncated: value > -1
            case .whole: value >= 0 && value == value.rounded(.towardZero)
            }
        // The bound also keeps infinities from the conversion; −0.5, which becomes 0, is below that of no words too.
        guard isCategory, !words.isEmpty, value < Double(words.count) * 32 else { return false }
        let category = Int(value)
        return words[category >> 5] & (1 << UInt32(category & 31)) != 0
    }
}
