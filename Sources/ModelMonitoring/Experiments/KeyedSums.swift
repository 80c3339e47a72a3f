/// What the sticky keys of one variant have added up to, in the sums that the variance of a ratio needs.
///
/// A key stands for somebody who comes again and again, always to the same variant. His requests are not independent,
/// so the unit of every verdict is the key: each has a number of observations and a sum of their values, and these
/// pairs are independent of each other.
///
/// - Complexity: a table of 24 bytes for each place, of which keys fill three eighths to three quarters.
package struct KeyedSums: Sendable {
    private struct KeySum {
        var count = 0.0
        var sum = 0.0
    }

    private let keyCountLimit: Int
    private var keys: [UInt64: KeySum] = [:]
    /// Observations of keys that came when as many were followed as may be.
    package private(set) var unfollowedCount = 0
    /// Observations of keys that are followed.
    package private(set) var count = 0.0
    package private(set) var sum = 0.0
    private(set) var squaredCounts = 0.0
    private(set) var squaredSums = 0.0
    private(set) var products = 0.0

    /// No key yet.
    ///
    /// - Parameter keyCountLimit: keys that are followed; the first ones are.
    package init(keyCountLimit: Int = ModelMonitoringLimits.keysPerVariant) {
        self.keyCountLimit = keyCountLimit
    }

    package var keyCount: Int { keys.count }

    /// Adds observations of a key.
    ///
    /// - Parameter added: how many there are, at least one.
    /// - Parameter value: the sum of their values.
    /// - Returns: whether the key was not known.
    @discardableResult
    package mutating func add(_ added: Int, sum value: Double, key: UInt64) -> Bool {
        let known = keys[key]
        if known == nil, keys.count >= keyCountLimit {
            unfollowedCount += added
            return false
        }
        let before = known ?? KeySum()
        let after = KeySum(count: before.count + Double(added), sum: before.sum + value)
        keys[key] = after
        count += Double(added)
        sum += value
        squaredCounts += after.count * after.count - before.count * before.count
        squaredSums += after.sum * after.sum - before.sum * before.sum
        products += after.count * after.sum - before.count * before.sum
        return known == nil
    }
}
