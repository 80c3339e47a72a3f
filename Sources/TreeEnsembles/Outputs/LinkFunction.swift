import func Glibc.exp
import func Glibc.expf
import func Glibc.log1p
import func Glibc.log1pf
import func Glibc.logf
import func Glibc.pow
import func Glibc.powf

/// Turns the margins of a forest into what its trainer predicts, in the trainer's own precision and steps.
///
/// Every result is exact in the sense of the trainer's arithmetic with the C library's exponentials; where a trainer
/// computes in float32, the results are float32 values.
///
/// - Units: margins are raw scores; predictions are probabilities, values of the target, or anomaly scores.
/// - Isolation: any thread; a value.
/// - Source: XGBoost 3.2.0 `src/common/math.h` and `src/objective`; CatBoost 1.2.10 `eval_processing.h`; LightGBM
///   4.7.0 `src/objective`; scikit-learn 1.9.1 `IsolationForest`; ONNX Runtime 1.31 `ml_common.h`;
///   Treelite 4.8 `src/gtil/postprocessor.cc`.
struct LinkFunction: Sendable {
    let link: TreeEnsemble.Link
    let precision: TreeEnsemble.Precision
    /// What a margin is divided by first.
    let divisor: Double

    init(link: TreeEnsemble.Link, precision: TreeEnsemble.Precision, divisor: Double = 1) {
        self.link = link
        self.precision = precision
        self.divisor = divisor
    }

    /// XGBoost cuts −m off here so that exp(−m) stays finite; the least probability is then 3.0e−39, not 0.
    private static let greatestExponent: Float = 88.7

    /// The prediction that one margin stands for; not where `needsWholeRow`.
    func value(_ margin: Double) -> Double {
        // Dividing by 1 changes nothing.
        let margin = margin / divisor
        switch (link, precision) {
        case (.identity, _): return margin
        case (.hinge, _): return margin > 0 ? 1 : 0
        case (.logistic, .float32):
            let exponent = min(-Float(margin), Self.greatestExponent)
            return Double(1 / (expf(exponent) + 1))
        case (.logistic, .float64): return 1 / (1 + exp(-margin))
        case (.scaledLogistic(let scale), .float32): return Double(1 / (1 + expf(-Float(scale) * Float(margin))))
        case (.scaledLogistic(let scale), .float64): return 1 / (1 + exp(-scale * margin))
        case (.softplus, .float32): return Double(log1pf(expf(Float(margin))))
        case (.softplus, .float64): return log1p(exp(margin))
        case (.signedSquare, .float32):
            let square = Double(Float(margin) * Float(margin))
            return margin < 0 ? -square : square
        case (.signedSquare, .float64): return margin < 0 ? -(margin * margin) : margin * margin
        case (.exponential, .float32): return Double(expf(Float(margin)))
        case (.exponential, .float64): return exp(margin)
        case (.isolation(let scale), .float32):
            return Double(powf(2, -(Float(margin) / Float(scale.normalizer))))
        case (.isolation(let scale), .float64): return pow(2, -(margin / scale.normalizer))
        case (.symmetricLogistic, _):
            let value = 1 / (1 + expf(-abs(Float(margin))))
            return Double(margin < 0 ? 1 - value : value)
        case (.probit, _): return Double(Self.probit(Float(margin)))
        case (.softmax, _), (.narrowSoftmax, _), (.roundedSoftmax, _), (.meanAndVariance, _):
            preconditionFailure("the prediction needs all margins of a row")
        }
    }

    /// Whether predictions need all margins of a row.
    var needsWholeRow: Bool {
        switch link {
        case .softmax, .narrowSoftmax, .roundedSoftmax, .meanAndVariance: true
        default: false
        }
    }

    /// The complement of a binary classifier's prediction: the probability of class 0.
    ///
    /// - Parameter value: the prediction that the margin stands for.
    func complement(of value: Double, margin: Double) -> Double {
        if link == .symmetricLogistic { return self.value(-margin) }
        return switch precision {
        case .float32: Double(1 - Float(value))
        case .float64: 1 - value
        }
    }

    /// What is called the margin of a forest whose engine sums `sum`: the trainer's raw call.
    func margin(ofSum sum: Double) -> Double {
        guard case .isolation(let scale) = link else { return sum }
        switch precision {
        case .float32: return Double(-Float(value(sum)) - Float(scale.offset))
        case .float64: return -value(sum) - scale.offset
        }
    }

    /// The largest of the margins of one row.
    ///
    /// - Returns: the largest and the first index that has it.
    static func largest(_ margins: Span<Double>, row: Range<Int>) -> (index: Int, margin: Double) {
        var best = (index: 0, margin: margins[row.lowerBound])
        for index in row where margins[index] > best.margin {
            best = (index - row.lowerBound, margins[index])
        }
        return best
    }

    /// The predictions that all margins of a row stand for, where `needsWholeRow`.
    func forEachValue(
        ofRow row: Range<Int>, _ margins: Span<Double>, _ report: (_ index: Int, _ value: Double) -> Void
    ) {
        switch link {
        case .narrowSoftmax(let sparesZero): narrowSoftmax(margins, row: row, sparesZero: sparesZero, report)
        case .roundedSoftmax: roundedSoftmax(margins, row: row, report)
        case .meanAndVariance:
            report(0, margins[row.lowerBound])
            report(1, exp(2 * margins[row.lowerBound + 1]))
        default: softmax(margins, row: row, report)
        }
    }

    private func softmax(_ margins: Span<Double>, row: Range<Int>, _ report: (_ index: Int, _ value: Double) -> Void) {
        let largest = Self.largest(margins, row: row).margin / divisor
        var sum = 0.0
        for index in row { sum += exponential(margins[index] / divisor, less: largest) }
        for index in row {
            let share = exponential(margins[index] / divisor, less: largest)
            report(
                index - row.lowerBound,
                precision == .float32 ? Double(Float(share) / Float(sum)) : share / sum)
        }
    }

    private func narrowSoftmax(
        _ margins: Span<Double>, row: Range<Int>, sparesZero: Bool, _ report: (_ index: Int, _ value: Double) -> Void
    ) {
        let largest = Float(Self.largest(margins, row: row).margin)
        func isSpared(_ margin: Double) -> Bool { sparesZero && abs(Float(margin)) <= 1e-7 }
        var sum: Float = 0
        for index in row where !isSpared(margins[index]) { sum += expf(Float(margins[index]) - largest) }
        for index in row {
            let margin = margins[index]
            let value: Double
            if sparesZero && precision == .float64 {
                // Only what is spared is more than a float32, and the quotient.
                let share =
                    isSpared(margin) ? margin * Double(expf(-largest)) : Double(expf(Float(margin) - largest))
                value = share / Double(sum)
            } else {
                let share = isSpared(margin) ? Float(margin) * expf(-largest) : expf(Float(margin) - largest)
                value = Double(share / sum)
            }
            report(index - row.lowerBound, value)
        }
    }

    /// - Source: `ErfInv` of ONNX Runtime 1.31, an approximation by Winitzki with a = 0.147.
    private static func probit(_ margin: Float) -> Float {
        let argument = 2 * margin - 1
        let logarithm = logf((1 - argument) * (1 + argument))
        // 2 / (π · 0.147) and 1 / 0.147, as float32.
        let half: Float = 4.3307467 + 0.5 * logarithm
        let root = (-half + (half * half - 6.802721 * logarithm).squareRoot()).squareRoot()
        return 1.41421356 * (argument < 0 ? -root : root)
    }

    private func roundedSoftmax(
        _ margins: Span<Double>, row: Range<Int>, _ report: (_ index: Int, _ value: Double) -> Void
    ) {
        // A margin that rounding has passed is no new largest one.
        var largest = Float(margins[row.lowerBound])
        for index in row where margins[index] > Double(largest) { largest = Float(margins[index]) }
        var sum = 0.0
        for index in row { sum += Double(Float(exp(margins[index] - Double(largest)))) }
        for index in row {
            let share = Double(Float(exp(margins[index] - Double(largest))))
            report(index - row.lowerBound, share / Double(Float(sum)))
        }
    }

    private func exponential(_ margin: Double, less largest: Double) -> Double {
        switch precision {
        case .float32: Double(expf(Float(margin) - Float(largest)))
        case .float64: exp(margin - largest)
        }
    }
}
