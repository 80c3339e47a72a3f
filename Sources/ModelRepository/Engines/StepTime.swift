/// What one step of an ensemble has cost in the last evaluation.
package struct StepTime: Equatable, Sendable {
    /// Whether anybody needed it.
    package var isEvaluated = false
    /// Putting its rows together.
    package var inputNanoseconds: UInt64 = 0
    /// Its model.
    package var computeNanoseconds: UInt64 = 0

    package init() {}

    /// Adds what another evaluation of the same step has cost.
    mutating func add(_ other: StepTime) {
        isEvaluated = isEvaluated || other.isEvaluated
        inputNanoseconds &+= other.inputNanoseconds
        computeNanoseconds &+= other.computeNanoseconds
    }
}

extension [StepTime] {
    /// The time that several threads have needed as shares of the time that has passed.
    package func shares(of nanoseconds: UInt64) -> [StepTime] {
        let total = reduce(0.0) { $0 + Double($1.inputNanoseconds) + Double($1.computeNanoseconds) }
        guard total > 0 else { return self }
        let factor = Double(nanoseconds) / total
        return map { time in
            var time = time
            time.inputNanoseconds = UInt64(Double(time.inputNanoseconds) * factor)
            time.computeNanoseconds = UInt64(Double(time.computeNanoseconds) * factor)
            return time
        }
    }
}
