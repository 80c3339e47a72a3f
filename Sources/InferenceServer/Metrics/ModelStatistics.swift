import LinuxSystem
import ModelRepository
import OpenInferenceProtocol

/// What Triton's statistics extension says about one loaded model version, summed over loops.
///
/// - Units: nanoseconds, and milliseconds since 1970 for `last_inference`.
/// - Source: Triton `docs/protocol/extension_statistics.md`, `src/tritonserver.cc`, `src/infer_stats.cc`.
struct ModelStatistics {
    private let model: ServedModel
    private var cells = [UInt64](repeating: 0, count: ModelMetrics.Cell.allCases.count)
    private var batches: [Int: BatchSizeCounters.Figures] = [:]

    /// Adds up what the loops have counted.
    init(of model: ServedModel, _ counters: [ModelMetrics]) {
        self.model = model
        for loop in counters {
            for cell in ModelMetrics.Cell.allCases {
                let value = loop.value(of: cell)
                let sum = cells[cell.rawValue]
                cells[cell.rawValue] = cell == .lastExecution ? max(sum, value) : sum &+ value
            }
            loop.batchSizes.forEach { batches[$0, default: .init()] = batches[$0, default: .init()] + $1 }
        }
    }

    /// Appends the element of `model_stats`.
    ///
    /// - Parameter now: by the monotonic clock.
    /// - Parameter nanosecondsSince1970: the same instant by the clock on the wall.
    func append(to buffer: inout ByteBuffer, now: Nanoseconds, nanosecondsSince1970: Int64) {
        buffer.append("{\"name\":")
        buffer.appendJSONString(model.name)
        buffer.append(",\"version\":")
        buffer.appendJSONString(model.signature.version)
        number(",\"last_inference\":", lastInference(now, nanosecondsSince1970), to: &buffer)
        number(",\"inference_count\":", value(.rows), to: &buffer)
        number(",\"execution_count\":", value(.executions), to: &buffer)
        appendRequests(to: &buffer)
        appendResponses(to: &buffer)
        appendBatches(to: &buffer)
        // Tables that all loops share; what each needs for its rows is not among them.
        number(
            ",\"memory_usage\":[{\"type\":\"CPU\",\"id\":0,\"byte_size\":", UInt64(model.size.tableByteCount),
            to: &buffer)
        buffer.append("}]}")
    }

    private func value(_ cell: ModelMetrics.Cell) -> UInt64 { cells[cell.rawValue] }

    private func lastInference(_ now: Nanoseconds, _ nanosecondsSince1970: Int64) -> UInt64 {
        let last = value(.lastExecution)
        guard last > 0 else { return 0 }
        return UInt64(max(0, nanosecondsSince1970 - (now.count - Int64(last)))) / 1_000_000
    }

    private func appendRequests(to buffer: inout ByteBuffer) {
        let success = value(.success)
        let failed = [.failureRejected, .failureCanceled, .failureBackend, .failureOther].reduce(0) { $0 &+ value($1) }
        duration(",\"inference_stats\":{\"success\":", success, value(.request), to: &buffer)
        duration(",\"fail\":", failed, value(.failure), to: &buffer)
        duration(",\"queue\":", success, value(.queue), to: &buffer)
        duration(",\"compute_input\":", success, value(.computeInput), to: &buffer)
        duration(",\"compute_infer\":", success, value(.computeInfer), to: &buffer)
        duration(",\"compute_output\":", success, value(.computeOutput), to: &buffer)
        // Answers are not cached.
        duration(",\"cache_hit\":", 0, 0, to: &buffer)
        duration(",\"cache_miss\":", 0, 0, to: &buffer)
        buffer.append("}")
    }

    /// Every request has one response, the first.
    private func appendResponses(to buffer: inout ByteBuffer) {
        buffer.append(",\"response_stats\":{")
        if value(.success) > 0 {
            let success = value(.success)
            duration("\"0\":{\"compute_infer\":", success, value(.computeInfer), to: &buffer)
            duration(",\"compute_output\":", success, value(.computeOutput), to: &buffer)
            duration(",\"success\":", success, value(.computeInfer) &+ value(.computeOutput), to: &buffer)
            for name in [",\"fail\":", ",\"empty_response\":", ",\"cancel\":"] as [StaticString] {
                duration(name, 0, 0, to: &buffer)
            }
            buffer.append("}")
        }
        buffer.append("}")
    }

    private func appendBatches(to buffer: inout ByteBuffer) {
        buffer.append(",\"batch_stats\":[")
        for (index, (rowCount, figures)) in batches.sorted(by: { $0.key < $1.key }).enumerated() {
            number(index == 0 ? "{\"batch_size\":" : ",{\"batch_size\":", UInt64(rowCount), to: &buffer)
            duration(",\"compute_input\":", figures.count, figures.readNanoseconds, to: &buffer)
            duration(",\"compute_infer\":", figures.count, figures.computeNanoseconds, to: &buffer)
            duration(",\"compute_output\":", figures.count, figures.writeNanoseconds, to: &buffer)
            buffer.append("}")
        }
        buffer.append("]")
    }

    private func number(_ key: StaticString, _ value: UInt64, to buffer: inout ByteBuffer) {
        buffer.append(key)
        buffer.appendDecimal(UInt(value))
    }

    private func duration(_ key: StaticString, _ count: UInt64, _ nanoseconds: UInt64, to buffer: inout ByteBuffer) {
        buffer.append(key)
        number("{\"count\":", count, to: &buffer)
        number(",\"ns\":", nanoseconds, to: &buffer)
        buffer.append("}")
    }
}
