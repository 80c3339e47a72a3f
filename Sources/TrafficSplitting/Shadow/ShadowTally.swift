/// What comparing a shadow with the variants that answer has shown.
///
/// - Isolation: a value.
package struct ShadowTally: Equatable, Sendable {
    /// The answers of two models for one row.
    package struct Row: Equatable, Sendable {
        /// Nil where the models have no label.
        package var labels: (primary: Int64, shadow: Int64)?
        /// The greatest difference among the row's values; nil where there are no values to compare.
        package var difference: Double?

        /// Describes a row.
        package init(labels: (primary: Int64, shadow: Int64)?, difference: Double?) {
            self.labels = labels
            self.difference = difference
        }

        package static func == (left: Row, right: Row) -> Bool {
            left.labels?.primary == right.labels?.primary && left.labels?.shadow == right.labels?.shadow
                && left.difference == right.difference
        }

        /// Whether both say the same: the label, else the value.
        var agrees: Bool {
            if let labels { return labels.primary == labels.shadow }
            return difference == 0
        }
    }

    /// A change of label.
    package struct Flip: Hashable, Comparable, Sendable {
        package var from: Int64
        package var to: Int64

        package static func < (left: Flip, right: Flip) -> Bool { (left.from, left.to) < (right.from, right.to) }
    }

    package private(set) var requests: UInt64 = 0
    package private(set) var rows: UInt64 = 0
    package private(set) var agreeingRows: UInt64 = 0
    /// By the variant's label and the shadow's; as many pairs as the limit allows.
    package private(set) var flips: [Flip: UInt64] = [:]
    /// Rows whose labels differ in a pair beyond the limit.
    package private(set) var otherFlips: UInt64 = 0
    package private(set) var differences = DifferenceHistogram()
    /// Requests that the shadow could not answer.
    package private(set) var failures: UInt64 = 0
    /// Time of reading and evaluating all compared requests.
    ///
    /// - Units: nanoseconds of processor time.
    package private(set) var primaryNanoseconds: UInt64 = 0
    package private(set) var shadowNanoseconds: UInt64 = 0

    package init() {}

    /// Counts a request whose rows follow.
    package mutating func record(requestOf primaryNanoseconds: UInt64, shadow shadowNanoseconds: UInt64) {
        requests &+= 1
        self.primaryNanoseconds &+= primaryNanoseconds
        self.shadowNanoseconds &+= shadowNanoseconds
    }

    /// Counts a row.
    package mutating func record(_ row: Row) {
        rows &+= 1
        if row.agrees { agreeingRows &+= 1 }
        if let difference = row.difference { differences.record(difference) }
        guard let labels = row.labels, labels.primary != labels.shadow else { return }
        let flip = Flip(from: labels.primary, to: labels.shadow)
        if flips[flip] != nil || flips.count < TrafficSplittingLimits.flipCount {
            flips[flip, default: 0] &+= 1
        } else {
            otherFlips &+= 1
        }
    }

    /// Counts a request that the shadow could not answer.
    package mutating func recordFailure() { failures &+= 1 }

    /// The part of all rows on which both agree; nil before the first.
    package var agreement: Double? { rows == 0 ? nil : Double(agreeingRows) / Double(rows) }
}
