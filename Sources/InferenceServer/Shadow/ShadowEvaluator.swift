import LinuxSystem
import ModelRepository
import OpenInferenceProtocol
import TrafficSplitting

/// Reads and evaluates requests to a split for one of its variants, as its own clients' are, in short slices.
///
/// - Isolation: the shadow's thread.
final class ShadowEvaluator {
    private let signature: ModelSignature
    private let workspace: any InferenceWorkspace
    private var request = InferenceRequest()
    /// The request's rows, and those of one slice.
    private var rows: FeatureMatrix
    private var slice: FeatureMatrix
    /// The outputs that are compared.
    private let labelIndex: Int?
    private let valueIndex: Int?

    /// Processor time for which the thread works before it offers its processor to others.
    private static let sliceDuration = Nanoseconds.microseconds(50)
    /// Rows of the first slice of a model, whose cost is not known.
    private static let firstRowCount = 4

    /// What a row has cost last, of the calling thread's processor time.
    private var rowNanoseconds =
        Double(ShadowEvaluator.sliceDuration.count) / Double(2 * ShadowEvaluator.firstRowCount)

    /// What the model says about each row of a request.
    private(set) var labels: [Int64] = []
    private(set) var values: [Double] = []
    private(set) var rowCount = 0

    init(_ member: ServedModel, _ signature: ModelSignature) {
        self.signature = signature
        workspace = member.engine.makeWorkspace(rowCapacity: Self.firstRowCount)
        rows = FeatureMatrix(for: signature.input, rowCapacity: Self.firstRowCount)
        slice = FeatureMatrix(for: signature.input, rowCapacity: Self.firstRowCount)
        let names = signature.outputs.map(\.name)
        labelIndex = names.firstIndex(of: "label")
        valueIndex = ["probabilities", "score", "output__0", "margin"].compactMap { names.firstIndex(of: $0) }
            .first { signature.outputs[$0].datatype.isFloatingPoint }
    }

    var hasLabels: Bool { labelIndex != nil }

    /// Values that one row has.
    var valueCount: Int { valueIndex.map { signature.elementsPerRow[$0] } ?? 0 }

    /// Reads a request, in one slice.
    ///
    /// - Throws: if it is none that the variant could answer.
    func read(_ content: inout ShadowCopy.Content) throws(ProtocolError) {
        rows.removeAll()
        labels.removeAll(keepingCapacity: true)
        values.removeAll(keepingCapacity: true)
        let (isMessage, headerLength) = (content.isMessage, content.headerLength)
        try content.body.withBytes { (bytes) throws(ProtocolError) in
            if isMessage {
                try request.open(bytes.indices, in: bytes)
                try request.parseMessage(in: bytes, for: signature, into: &rows)
            } else {
                try request.parse(bytes, headerLength: headerLength, for: signature, into: &rows)
            }
        }
        rowCount = request.rowCount
        rows.advance(by: rowCount)
    }

    /// Evaluates the rows, as many at a time as a slice has time for.
    ///
    /// - Parameter clock: the calling thread's processor time.
    /// - Parameter sliceEnded: called between slices with the time that one has taken.
    /// - Returns: the processor time of all.
    func evaluate(_ clock: any MonotonicClock, sliceEnded: (Nanoseconds) -> Void) -> UInt64 {
        var wanted: UInt64 = 0
        for index in [labelIndex, valueIndex].compactMap({ $0 }) { wanted |= 1 << UInt64(index) }
        var first = 0
        var total: Int64 = 0
        while first < rowCount {
            let begin = clock.now()
            // Half of a slice, because the next rows may cost more than the last ones.
            let affordable = Double(Self.sliceDuration.count) / (2 * rowNanoseconds)
            let count = min(rowCount - first, max(1, Int(min(affordable, 4_096))))
            evaluate(first..<first + count, wanted: wanted)
            let duration = clock.now() - begin
            rowNanoseconds = max(1, Double(duration.count) / Double(count))
            total += duration.count
            first += count
            sliceEnded(duration)
        }
        return UInt64(max(0, total))
    }

    private func evaluate(_ range: Range<Int>, wanted: UInt64) {
        slice.removeAll()
        slice.setColumns(at: 0, from: rows, rows: range, columns: 0..<rows.featureCount)
        slice.advance(by: range.count)
        workspace.evaluate(slice, wanted: wanted)
        let columns = workspace.outputs
        if let labelIndex {
            columns[labelIndex].withInt64s { all in for index in all.indices { labels.append(all[index]) } }
        }
        guard let valueIndex else { return }
        if columns[valueIndex].metadata.datatype == .float64 {
            columns[valueIndex].withDoubles { all in for index in all.indices { values.append(all[index]) } }
        } else {
            columns[valueIndex].withFloats { all in for index in all.indices { values.append(Double(all[index])) } }
        }
    }
}
