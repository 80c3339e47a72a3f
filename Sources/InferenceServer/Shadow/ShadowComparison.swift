import LinuxSystem
import ModelRepository
import OpenInferenceProtocol
import TrafficSplitting

/// Answers a split's copied requests with the variant that has answered and with the shadow, and compares.
///
/// The variant's answer is computed again: that costs nothing where the request was answered, and every evaluation of a
/// row gives the same bits.
///
/// - Isolation: the shadow's thread.
final class ShadowComparison {
    private let split: TrafficSplit
    private let shadow: ShadowEvaluator?
    /// By place among the split's variants.
    private var primaries: [ShadowEvaluator?]

    init(_ split: TrafficSplit, shadow: Int) {
        self.split = split
        self.shadow = Self.evaluator(of: split.variants[shadow])
        primaries = split.variants.map { _ in nil }
    }

    private static func evaluator(of variant: TrafficSplit.Variant) -> ShadowEvaluator? {
        guard let member = variant.member, let signature = variant.signature else { return nil }
        return ShadowEvaluator(member, signature)
    }

    /// Compares a request.
    ///
    /// - Parameter clock: the calling thread's processor time.
    /// - Parameter record: takes what comes of it.
    /// - Parameter sliceEnded: called between slices with the time that one has taken.
    func compare(
        _ content: inout ShadowCopy.Content, _ clock: any MonotonicClock, into record: ShadowRecord,
        sliceEnded: (Nanoseconds) -> Void
    ) {
        let place = content.variant
        if primaries[place] == nil { primaries[place] = Self.evaluator(of: split.variants[place]) }
        guard let primary = primaries[place], let shadow else { return record.add { $0.recordFailure() } }
        do throws(ProtocolError) {
            let own = try time(of: primary, &content, clock, sliceEnded)
            let other = try time(of: shadow, &content, clock, sliceEnded)
            record.add { tally in
                tally.record(requestOf: own, shadow: other)
                add(primary, shadow, to: &tally)
            }
        } catch {
            record.add { $0.recordFailure() }
        }
    }

    private func time(
        of evaluator: ShadowEvaluator, _ content: inout ShadowCopy.Content, _ clock: any MonotonicClock,
        _ sliceEnded: (Nanoseconds) -> Void
    ) throws(ProtocolError) -> UInt64 {
        let begin = clock.now()
        try evaluator.read(&content)
        let duration = clock.now() - begin
        sliceEnded(duration)
        return UInt64(max(0, duration.count)) + evaluator.evaluate(clock, sliceEnded: sliceEnded)
    }

    private func add(_ primary: ShadowEvaluator, _ shadow: ShadowEvaluator, to tally: inout ShadowTally) {
        let haveLabels = primary.hasLabels && shadow.hasLabels
        let width = primary.valueCount == shadow.valueCount ? primary.valueCount : 0
        for row in 0..<primary.rowCount {
            let labels = haveLabels ? (primary: primary.labels[row], shadow: shadow.labels[row]) : nil
            var difference: Double?
            for index in row * width..<(row + 1) * width {
                difference = max(difference ?? 0, Self.difference(primary.values[index], shadow.values[index]))
            }
            tally.record(ShadowTally.Row(labels: labels, difference: difference))
        }
    }

    /// How far two values are apart: 0 for two that are none, infinity for a number and none.
    private static func difference(_ one: Double, _ other: Double) -> Double {
        if one == other || (one.isNaN && other.isNaN) { return 0 }
        let difference = abs(one - other)
        return difference.isNaN ? .infinity : difference
    }
}
