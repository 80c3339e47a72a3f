import DynamicBatching
import LinuxSystem
import Testing

@testable import InferenceServer
@testable import ModelRepository

/// The statistics of Triton's extension, member by member.
@Suite struct ModelStatisticsTests {
    private func text(of loops: [ModelMetrics], now: Nanoseconds = .seconds(100)) throws -> String {
        let model = try FirstFeatureEngine.served(name: "m\"", configuration: "max_batch_size: 8")
        var buffer = ByteBuffer()
        ModelStatistics(of: model, loops).append(
            to: &buffer, now: now, nanosecondsSince1970: 1_700_000_000_123_456_789)
        return buffer.withBytes { $0.text($0.indices) }
    }

    @Test func `a model that was never asked has zeros and empty lists`() throws {
        let zero = "{\"count\":0,\"ns\":0}"
        let names = [
            "success", "fail", "queue", "compute_input", "compute_infer", "compute_output", "cache_hit", "cache_miss",
        ]
        let inference = names.map { "\"\($0)\":\(zero)" }.joined(separator: ",")
        #expect(
            try text(of: []) == #"{"name":"m\"","version":"1","last_inference":0,"inference_count":0,"#
                + #""execution_count":0,"inference_stats":{\#(inference)},"response_stats":{},"batch_stats":[],"#
                + #""memory_usage":[{"type":"CPU","id":0,"byte_size":0}]}"#)
    }

    @Test func `what loops have counted is added up`() throws {
        let loops = [ModelMetrics(), ModelMetrics()]
        for (index, loop) in loops.enumerated() {
            loop.executed(
                BatchExecution(
                    rowCount: 4 + index, readNanoseconds: 1, computeNanoseconds: 2, end: .seconds(90 + index)))
            loop.executed(
                BatchExecution(rowCount: 4, readNanoseconds: 10, computeNanoseconds: 20, end: .seconds(80)))
            loop.answered(
                ModelMetrics.Request(
                    rowCount: 8, decodeNanoseconds: 1, queueNanoseconds: 2, computeNanoseconds: 3,
                    encodeNanoseconds: 4))
        }
        loops[1].failed(.canceled, nanoseconds: 9)
        let text = try text(of: loops)
        // The last batch ended twenty seconds before, by either clock: loops overwrite their own instant.
        for part in [
            #""last_inference":1699999980123,"inference_count":16,"execution_count":4,"#,
            #""success":{"count":2,"ns":20},"fail":{"count":1,"ns":9},"queue":{"count":2,"ns":4},"#,
            #""compute_input":{"count":2,"ns":2},"compute_infer":{"count":2,"ns":6},"#
                + #""compute_output":{"count":2,"ns":8},"cache_hit":{"count":0,"ns":0}"#,
            #""response_stats":{"0":{"compute_infer":{"count":2,"ns":6},"compute_output":{"count":2,"ns":8},"#
                + #""success":{"count":2,"ns":14},"fail":{"count":0,"ns":0},"empty_response":{"count":0,"ns":0},"#
                + #""cancel":{"count":0,"ns":0}}},"#,
            #""batch_stats":[{"batch_size":4,"compute_input":{"count":3,"ns":21},"compute_infer":{"count":3,"ns":42},"#
                + #""compute_output":{"count":3,"ns":0}},{"batch_size":5,"compute_input":{"count":1,"ns":1},"#,
        ] {
            #expect(text.contains(part), "\(part) in \(text)")
        }
    }
}
