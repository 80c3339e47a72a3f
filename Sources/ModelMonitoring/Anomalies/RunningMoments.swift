/// Mean and standard deviation of the latest values, without keeping them.
///
/// The first values count alike; from a window of them on each new one takes a fixed share, and old ones fade.
///
/// - Complexity: constant per value.
/// - Source: West 1979, "Updating mean and variance estimates"; the fading form is Finch 2009, section 9.
struct RunningMoments: Sendable {
    private let windowRows: Int
    private var count = 0
    private var mean = 0.0
    private var variance = 0.0

    /// Values before which nothing is far from the mean, because the deviation is not known yet.
    static let leastCount = 30

    init(windowRows: Int) {
        precondition(windowRows > 0, "a window has rows")
        self.windowRows = windowRows
    }

    /// How far a value is above the mean, in standard deviations; nil before enough is known, and where all values were
    /// the same.
    func score(of value: Double) -> Double? {
        guard count >= min(Self.leastCount, windowRows), variance > 0 else { return nil }
        return (value - mean) / variance.squareRoot()
    }

    /// Remembers a value; what is no finite number is left out.
    mutating func add(_ value: Double) {
        guard value.isFinite else { return }
        count = min(count + 1, windowRows)
        let share = 1 / Double(count)
        let distance = value - mean
        mean += share * distance
        variance = (1 - share) * (variance + share * distance * distance)
    }
}
