/// A span of time, or a point in time as the span since the clock's zero.
///
/// - Units: nanoseconds; 292 years fit.
package struct Nanoseconds: Comparable, Hashable, Sendable {
    /// The number of nanoseconds.
    package var count: Int64

    package init(_ count: Int64) { self.count = count }

    package static let zero = Nanoseconds(0)
    /// Later than every time that a clock reports.
    package static let never = Nanoseconds(.max)

    package static func microseconds(_ count: Int) -> Nanoseconds { Nanoseconds(Int64(count) * 1000) }

    package static func milliseconds(_ count: Int) -> Nanoseconds { Nanoseconds(Int64(count) * 1_000_000) }

    package static func seconds(_ count: Int) -> Nanoseconds { Nanoseconds(Int64(count) * 1_000_000_000) }

    package static func < (left: Nanoseconds, right: Nanoseconds) -> Bool { left.count < right.count }

    /// Adds; stays at `never` instead of overflowing.
    package static func + (left: Nanoseconds, right: Nanoseconds) -> Nanoseconds {
        let (sum, overflow) = left.count.addingReportingOverflow(right.count)
        return overflow ? never : Nanoseconds(sum)
    }

    package static func - (left: Nanoseconds, right: Nanoseconds) -> Nanoseconds {
        Nanoseconds(left.count - right.count)
    }
}
