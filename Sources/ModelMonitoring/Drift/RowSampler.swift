/// Chooses a part of the rows by lot, each with the same probability whatever came before.
///
/// Of each batch it takes every n-th row from a random one on, so that what is chosen lies at equal distances, as the
/// kernel wants it, and costs one lot. Where the part is not one in a whole number, lots choose between the two
/// nearest.
///
/// - Isolation: a value.
struct RowSampler {
    /// What of a batch is chosen: `first`, `first + distance`, and so on.
    struct Choice: Equatable, BitwiseCopyable {
        var first = 0
        var distance = 1
        var count: Int
    }

    /// The smaller distance, and how often it is taken; the other is one more.
    private let distance: Int
    private let probability: Double
    private var generator: SplitMix64

    /// - Parameter fraction: above 0, up to 1; below one in a billion it counts as that.
    /// - Parameter seed: what the lots follow from.
    init(fraction: Double, seed: UInt64) {
        precondition(fraction > 0 && fraction <= 1, "a part is not nothing and not more than all")
        distance = Int(min(1 / fraction, 1e9))
        let (more, less) = (1 / Double(distance), 1 / Double(distance + 1))
        probability = min(max((fraction - less) / (more - less), 0), 1)
        generator = SplitMix64(state: seed)
    }

    /// Chooses among the rows of a batch.
    mutating func choose(among rowCount: Int) -> Choice {
        if distance == 1, probability == 1 { return Choice(count: rowCount) }
        let step = generator.unit() <= probability ? distance : distance + 1
        let first = Int(generator.next() % UInt64(step))
        return Choice(first: first, distance: step, count: first < rowCount ? (rowCount - first - 1) / step + 1 : 0)
    }
}

/// A generator of lots: fast, and far from good enough for secrets.
///
/// - Source: G. Steele, D. Lea, C. Flood, "Fast Splittable Pseudorandom Number Generators", 2014.
private struct SplitMix64 {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed &>> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed &>> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed &>> 31
    }

    /// Above 0, up to 1.
    mutating func unit() -> Double { Double(next() &>> 11 &+ 1) * 0x1p-53 }
}
