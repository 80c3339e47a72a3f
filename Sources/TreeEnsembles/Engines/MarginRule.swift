/// How the sum of a row's leaves starts and what makes a margin of it.
///
/// - Source: `TreeEnsemble.Summation`.
struct MarginRule: Sendable {
    let precision: TreeEnsemble.Precision
    /// What each margin's sum starts with.
    let starts: [Double]
    private let summation: TreeEnsemble.Summation
    private let bases: [Double]

    init(of ensemble: TreeEnsemble) {
        precision = ensemble.sumPrecision
        summation = ensemble.summation
        bases = ensemble.baseMargins
        switch ensemble.summation {
        case .baseFirst: starts = ensemble.baseMargins
        case .baseLast, .average: starts = Array(repeating: 0, count: ensemble.marginCount)
        }
    }

    /// The margin that a float32 sum gives.
    @inline(__always)
    func margin(ofSum sum: Float, index: Int) -> Double {
        switch summation {
        case .baseFirst: Double(sum)
        case .baseLast(let scale): Double(Float(Double(sum) * scale + bases[index]))
        case .average(let divisor): Double(sum / Float(divisor))
        }
    }

    /// The margin that a float64 sum gives.
    @inline(__always)
    func margin(ofSum sum: Double, index: Int) -> Double {
        switch summation {
        case .baseFirst: sum
        case .baseLast(let scale): sum * scale + bases[index]
        case .average(let divisor): sum / divisor
        }
    }
}
