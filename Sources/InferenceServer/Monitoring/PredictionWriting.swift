import DurableState
import JSONSyntax
import LinuxSystem
import ModelRepository
import OpenInferenceProtocol
import TrafficSplitting

/// Makes records of rows that were predicted.
struct PredictionWriting {
    /// What all rows of a request have in common, the first row's sequence number included.
    private var record = PredictionRecord()
    private let plan: MonitoringPlan

    /// Describes a request.
    ///
    /// - Parameter id: the request's identity as a JSON string with its quotation marks; empty if it has none.
    /// - Parameter time: nanoseconds since 1970.
    init(
        _ plan: MonitoringPlan, version: Int64, first sequence: UInt64, id: Span<UInt8>, _ routed: RoutedAnswer?,
        time: Int64
    ) {
        self.plan = plan
        record.sequence = sequence
        record.time = time
        record.modelVersion = Int32(clamping: version)
        record.requestHash = Self.hash(ofID: id)
        if let routed {
            record.keyHash = routed.keyHash
            record.splitHash = routed.variant.splitHash
            record.variantHash = routed.variant.nameHash
        }
    }

    /// The hash by which a request's identity is found again; 0 for none.
    static func hash(ofID id: Span<UInt8>) -> UInt64 {
        guard id.count > 2 else { return 0 }
        let content = id.extracting(1..<id.count - 1)
        for index in content.indices where content[index] == UInt8(ascii: "\\") {
            // The same text may be escaped in several ways.
            return JSONValue(id)?.text.map(hash(ofID:)) ?? 0
        }
        return hash(ofBytes: content)
    }

    /// The same for an identity as text.
    static func hash(ofID text: String) -> UInt64 {
        let bytes = Array(text.utf8)
        return bytes.isEmpty ? 0 : hash(ofBytes: bytes.span)
    }

    private static func hash(ofBytes bytes: Span<UInt8>) -> UInt64 {
        max(1, StableHash.mixed(StableHash.fnv1a(bytes)))
    }

    /// The hash of a name that records hold; never 0.
    static func hash(ofName name: String) -> UInt32 {
        let bytes = Array(name.utf8)
        return max(1, UInt32(truncatingIfNeeded: StableHash.mixed(StableHash.fnv1a(bytes.span))))
    }

    /// Appends a record for each row.
    ///
    /// - Complexity: allocates only if the buffer has to grow.
    /// - Parameter outputs: of the model; those that the plan wants hold the rows.
    func append(_ outputs: [OutputColumn], rows: Range<Int>, to buffer: inout ByteBuffer) {
        let labels = plan.label.map { outputs[$0] }
        let probabilities = plan.probability.map { outputs[$0] }
        var record = record
        buffer.reserve(rows.count * PredictionRecord.byteCount)
        for row in rows {
            record.row = UInt32(truncatingIfNeeded: row - rows.lowerBound)
            let fires = plan.anomaly?.fires(outputs, row: row)
            if let label = labels?.integer(at: row) {
                record.predicted = plan.number(of: label) ?? Int32(clamping: label)
            } else {
                record.predicted = fires == true ? 1 : 0
            }
            record.fires = fires ?? (record.predicted != 0)
            if let probabilities { record.probability = Float(probabilities.real(at: 2 * row + 1)) }
            record.append(to: &buffer)
            record.sequence += 1
        }
    }
}
