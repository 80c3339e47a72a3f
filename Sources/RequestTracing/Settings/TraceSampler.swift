/// Chooses which of one loop's requests are traced.
///
/// Each loop counts its own requests: every n-th of each is every n-th of all, and nothing shared is written for the
/// others.
///
/// - Source: Triton `src/tracer.cc`, `SampleTrace`: the n-th, 2n-th, … request is chosen.
package struct TraceSampler: Equatable, Sendable {
    private enum Rule: Equatable {
        case never
        /// Counts down to the request that is chosen.
        case every(Int, left: Int)
        /// Adds the fraction, as 64 bits behind the point; the request at which the sum overflows is chosen.
        case fraction(UInt64, sum: UInt64)
    }

    private var rule: Rule

    /// Chooses as a setting says.
    package init(_ setting: TraceSetting) {
        if let fraction = setting.fraction {
            self.init(fraction: fraction)
        } else {
            self.init(rate: setting.rate)
        }
    }

    /// Chooses every n-th request; none if n is 0.
    package init(rate: Int) {
        precondition(rate >= 0, "a rate is not negative")
        rule = rate == 0 ? .never : .every(rate, left: rate)
    }

    /// Chooses a fraction of the requests, evenly spread.
    ///
    /// - Units: 0…1.
    package init(fraction: Double) {
        precondition(fraction >= 0 && fraction <= 1, "a fraction lies between nothing and all")
        let scaled = fraction * 0x1p64
        switch scaled {
        case 0: rule = .never
        case 0x1p64...: rule = .every(1, left: 1)
        default: rule = .fraction(UInt64(scaled), sum: 0)
        }
    }

    /// Counts a request and says whether it is chosen.
    package mutating func requestArrived() -> Bool {
        switch rule {
        case .never: return false
        case .every(let rate, let left):
            rule = .every(rate, left: left > 1 ? left - 1 : rate)
            return left == 1
        case .fraction(let step, let sum):
            let (next, isChosen) = sum.addingReportingOverflow(step)
            rule = .fraction(step, sum: next)
            return isChosen
        }
    }
}
