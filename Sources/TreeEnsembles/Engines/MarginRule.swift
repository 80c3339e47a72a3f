/// How the leaves of a row are put together and what makes a margin of the result.
///
/// - Source: `TreeEnsemble.Summation`.
struct MarginRule: Sendable {
    let precision: TreeEnsemble.Precision
    /// What each margin starts with.
    let starts: [Double]
    /// Whether leaves are added up.
    let isSum: Bool
    private let summation: TreeEnsemble.Summation
    private let bases: [Double]

    init(of ensemble: TreeEnsemble) {
        precision = ensemble.sumPrecision
        summation = ensemble.summation
        bases = ensemble.baseMargins
        isSum = summation.absentLeaf == nil
        switch ensemble.summation {
        case .baseFirst: starts = ensemble.baseMargins
        case .baseLast, .average: starts = Array(repeating: 0, count: ensemble.marginCount)
        case .least, .greatest:
            starts = Array(repeating: summation.absentLeaf ?? 0, count: ensemble.marginCount)
        }
    }

    /// The rule of a forest whose leaves are numbers that are added up.
    ///
    /// - Throws: in an engine's name, if they are not.
    init(ofSums ensemble: TreeEnsemble, for engine: String) throws(EngineRefusal) {
        self.init(of: ensemble)
        guard isSum else {
            throw EngineRefusal(engine: engine, reason: .kind(what: "the least or greatest leaf"))
        }
        guard ensemble.linearLeaves == nil else {
            throw EngineRefusal(engine: engine, reason: .kind(what: "leaves that are linear functions"))
        }
    }

    /// What the leaves of further trees leave of a minimum or maximum.
    func combined<Value: BinaryFloatingPoint>(_ value: Value, with leaf: Value) -> Value {
        // Of two zeros the first one stays.
        (summation == .least ? leaf < value : leaf > value) ? leaf : value
    }

    /// The margin that a float32 sum gives.
    @inline(__always)
    func margin(ofSum sum: Float, index: Int) -> Double {
        switch summation {
        case .baseFirst: Double(sum)
        case .baseLast(let scale): Double(Float(Double(sum) * scale + bases[index]))
        case .average(let divisor): Double(average(sum, Float(divisor), Float(bases[index])))
        case .least, .greatest: sum.isInfinite ? 0 : Double(sum + Float(bases[index]))
        }
    }

    /// The margin that a float64 sum gives.
    @inline(__always)
    func margin(ofSum sum: Double, index: Int) -> Double {
        switch summation {
        case .baseFirst: sum
        case .baseLast(let scale): sum * scale + bases[index]
        case .average(let divisor): average(sum, divisor, bases[index])
        case .least, .greatest: sum.isInfinite ? 0 : sum + bases[index]
        }
    }

    private func average<Sum: BinaryFloatingPoint>(_ sum: Sum, _ divisor: Sum, _ base: Sum) -> Sum {
        // Adding 0 would lose the sign of a zero.
        base == 0 ? sum / divisor : sum / divisor + base
    }
}
