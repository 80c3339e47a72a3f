/// The share of the latest rows that fire, for example of anomalies: no label is needed.
///
/// - Complexity: a bit for each row of the window.
package struct RateWindow: Sendable {
    private let capacity: Int
    private var bits: [UInt64] = []
    private var next = 0
    package private(set) var count = 0
    package private(set) var firing = 0

    /// No row yet.
    package init(rowCount: Int) {
        precondition(ModelMonitoringLimits.windowPredictions.contains(rowCount), "a window of a permitted size")
        capacity = rowCount
    }

    /// Takes a row.
    package mutating func add(fires: Bool) {
        if bits.isEmpty { bits = Array(repeating: 0, count: (capacity + 63) / 64) }
        let mask = UInt64(1) << UInt64(next % 64)
        if count == capacity {
            if bits[next / 64] & mask != 0 { firing -= 1 }
        } else {
            count += 1
        }
        if fires {
            bits[next / 64] |= mask
            firing += 1
        } else {
            bits[next / 64] &= ~mask
        }
        next = (next + 1) % capacity
    }

    /// The share; nil without rows.
    package var rate: Double? { count > 0 ? Double(firing) / Double(count) : nil }
}
