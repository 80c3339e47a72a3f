/// Which variant a key gets: weighted rendezvous hashing.
///
/// Each variant draws a number for the key, which its weight scales; the least one wins. The draw depends on nothing
/// but the key and the names of the split and of the variant. So a key moves only if another variant's draw has become
/// the least: when weights change or variants come and go, few keys move, and of two variants only in one direction.
///
/// - Isolation: immutable; any thread.
/// - Complexity: linear in the variants, some nanoseconds each; no allocation.
/// - Source: Thaler and Ravishankar, "Using Name-Based Mappings to Increase Hit Rates" (1998), with weights as by
///   Resch, "New Hashing Algorithms for Data Storage" (2015); for what moves, Moulton and Jiang, "Maximally Consistent
///   Sampling and the Jaccard Index of Probability Distributions" (2018).
package final class VariantAssignment: Sendable {
    /// A variant as its configuration names it.
    package struct Variant: Equatable, Sendable {
        package var name: String
        package var weight: VariantWeight

        /// Describes a variant.
        package init(name: String, weight: VariantWeight) {
            self.name = name
            self.weight = weight
        }
    }

    /// In the order of the configuration, which decides nothing.
    package let variants: [Variant]
    /// Who takes part in a draw.
    private struct Part {
        /// What FNV-1a makes of the variant's name.
        var salt: UInt64
        var weight: UInt64
        /// Place among the variants.
        var index: Int
    }

    /// What FNV-1a makes of the split's name and a NUL behind it.
    private let prefix: UInt64
    /// Those with a weight, in the order of the names, so that of equal draws the first one wins.
    private let parts: [Part]
    private let logarithms: [UInt64]

    /// Makes the assignment of a split.
    ///
    /// - Precondition: names differ, there are at most 64 variants, and one of them has a weight.
    package init(split: String, variants: [Variant]) {
        precondition(!variants.isEmpty, "a split has variants")
        precondition(variants.count <= TrafficSplittingLimits.variantCount, "variants fit a word of bits")
        precondition(variants.contains { $0.weight.isPositive }, "a split gives its traffic to somebody")
        self.variants = variants
        prefix = Self.hash(split + "\0")
        logarithms = LogarithmTable.entries
        parts = variants.indices.filter { variants[$0].weight.isPositive }.sorted {
            variants[$0].name.utf8.lexicographicallyPrecedes(variants[$1].name.utf8)
        }.map { index in
            Part(salt: Self.hash(variants[index].name), weight: variants[index].weight.millionths, index: index)
        }
    }

    private static func hash(_ text: String) -> UInt64 {
        let bytes = Array(text.utf8)
        return StableHash.fnv1a(bytes.span)
    }

    /// The set of all variants that get anything: bit `i` is variant `i`.
    package var weighted: UInt64 { parts.reduce(0) { $0 | 1 << UInt64($1.index) } }

    /// What a key is for this split: the same for each of its bytes' repetitions, whoever computes it.
    package func hash(of key: Span<UInt8>) -> UInt64 { StableHash.mixed(StableHash.fnv1a(key, from: prefix)) }

    /// The variant of a key.
    ///
    /// - Parameter keyHash: of the key, as `hash(of:)` gives it.
    /// - Parameter candidates: bit `i` says that variant `i` is one; others get nothing.
    /// - Returns: nil if no candidate has a weight.
    package func variant(ofKeyHash keyHash: UInt64, among candidates: UInt64 = .max) -> Int? {
        var best = -1
        var (bestDraw, bestWeight): (UInt64, UInt64) = (0, 0)
        for part in parts where candidates &>> UInt64(part.index) & 1 == 1 {
            let draw = LogarithmTable.negativeLogarithm(of: StableHash.mixed(keyHash ^ part.salt), logarithms)
            if best < 0 || Self.isLess(draw, part.weight, than: bestDraw, bestWeight) {
                (best, bestDraw, bestWeight) = (part.index, draw, part.weight)
            }
        }
        return best < 0 ? nil : best
    }

    /// Whether one draw, divided by its weight, is less than another.
    @inline(__always)
    private static func isLess(_ draw: UInt64, _ weight: UInt64, than other: UInt64, _ otherWeight: UInt64) -> Bool {
        let left = draw.multipliedFullWidth(by: otherWeight)
        let right = other.multipliedFullWidth(by: weight)
        return left.high < right.high || (left.high == right.high && left.low < right.low)
    }

    /// The share of all keys that get another variant when weights change: exactly, for infinitely many keys.
    ///
    /// It is at least half the sum of what the shares change by, d; equal to d for two variants, and where one weight
    /// alone changes; and at most 2d/(1 + d) for any.
    ///
    /// - Parameter weights: the new ones, of the same variants.
    package func movedShare(to weights: [VariantWeight]) -> Double {
        precondition(weights.count == variants.count, "each variant has its new weight")
        let (before, after) = (Self.shares(variants.map(\.weight)), Self.shares(weights))
        var kept = 0.0
        for index in variants.indices where before[index] > 0 && after[index] > 0 {
            let sum = variants.indices.reduce(0.0) {
                $0 + max(before[$1] / before[index], after[$1] / after[index])
            }
            kept += 1 / sum
        }
        return 1 - kept
    }

    /// What part of all keys each weight gets.
    package static func shares(_ weights: [VariantWeight]) -> [Double] {
        let sum = weights.reduce(0.0) { $0 + Double($1.millionths) }
        return weights.map { Double($0.millionths) / sum }
    }
}
