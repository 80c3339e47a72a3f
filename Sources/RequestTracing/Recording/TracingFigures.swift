import Synchronization

/// What has become of traces, for the metrics page.
///
/// - Isolation: any thread.
package final class TracingFigures: Sendable {
    /// Why a trace, or spans of one, went nowhere.
    package enum Loss: Int, CaseIterable, Sendable {
        /// More was traced than the side thread had room for.
        case queueFull
        /// The receiver does not want them, whenever they are sent.
        case refused
        /// The receiver has taken the others of the batch.
        case rejected
        /// The receiver did not answer, or not yet want them, until they were given up.
        case undelivered
        /// The server ended first.
        case ending
        /// The trace file could not be written.
        case file

        package var label: StaticString {
            switch self {
            case .queueFull: "queue_full"
            case .refused: "refused"
            case .rejected: "rejected"
            case .undelivered: "undelivered"
            case .ending: "ending"
            case .file: "file"
            }
        }
    }

    private let chosenCount = Atomic<UInt64>(0)
    private let writtenCount = Atomic<UInt64>(0)
    private let sentCount = Atomic<UInt64>(0)
    private let lossCounts: InlineArray<6, Atomic<UInt64>>

    init() {
        lossCounts = InlineArray { _ in Atomic(0) }
        precondition(Loss.allCases.count == lossCounts.count, "each loss has its counter")
    }

    /// Requests that were traced.
    package var traces: UInt64 { chosenCount.load(ordering: .relaxed) }
    /// Traces in Triton's trace file.
    package var writtenTraces: UInt64 { writtenCount.load(ordering: .relaxed) }
    /// Spans that a receiver has taken.
    package var sentSpans: UInt64 { sentCount.load(ordering: .relaxed) }

    /// Spans, or traces for a file, that went nowhere.
    package func lost(_ loss: Loss) -> UInt64 { lossCounts[loss.rawValue].load(ordering: .relaxed) }

    func chose() { chosenCount.add(1, ordering: .relaxed) }

    func wrote(traceCount: Int) { writtenCount.add(UInt64(traceCount), ordering: .relaxed) }

    func sent(spanCount: Int) { sentCount.add(UInt64(spanCount), ordering: .relaxed) }

    func lose(_ count: Int, _ loss: Loss) { lossCounts[loss.rawValue].add(UInt64(count), ordering: .relaxed) }
}
