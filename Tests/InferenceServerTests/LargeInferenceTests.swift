import DynamicBatching
import EventLoops
import HTTPConnections
import LinuxSystem
import ModelRepository
import TestSupport
import Testing

@testable import InferenceServer

/// Large requests of models with shared queues: they wait for the pool, and no longer than they would in the queue.
@Suite struct LargeInferenceTests {
    private static let configuration =
        "max_batch_size: 8 dynamic_batching { priority_levels: 2 default_priority_level: 1 default_queue_policy "
        + "{ default_timeout_microseconds: 100 allow_timeout_override: true } priority_queue_policy "
        + "{ key: 2 value { default_timeout_microseconds: 100 timeout_action: DELAY } } }"

    /// Whether a request that has waited is worked on; nil if it is refused for another reason than time.
    private func isWorkedOn(waiting: Int, parameters: String) throws -> Bool? {
        let model = try FirstFeatureEngine.served(name: "m", configuration: Self.configuration)
        let clock = FakeClock()
        let order = InferenceOrder(
            slot: 0, headerLength: nil, contentCoding: .identity, acceptedCoding: .identity, arrival: clock.now())
        var body = ByteBuffer()
        body.append("{\"parameters\":{\(parameters)},\"inputs\":[{\"name\":\"features\",\"shape\":[1,2],")
        body.append("\"datatype\":\"FP32\",\"data\":[1,2]}]}")
        let task = LargeInference(
            order, model: model, policy: BatchPolicy.ofSharedQueue(for: model.configuration), body: body,
            bodyByteCountLimit: 1_000, clock: clock, completion: try Mailbox())
        clock.advance(by: .microseconds(waiting))
        if task.run() != nil { return true }
        var found: Bool?
        task.withOutcome { outcome, body in
            let text = body.withBytes { $0.text($0.indices) }
            guard text == "{\"error\":\"Request timeout expired\"}" else { return }
            let head = outcome.head
            if head.status == .serviceUnavailable, head.retryAfterSeconds == 1, outcome.failure == .rejected {
                found = false
            }
        }
        return found
    }

    @Test func `what nobody waits for is not worked on, or not answered`() throws {
        let model = try FirstFeatureEngine.served(name: "m", configuration: "max_batch_size: 8")
        let clock = FakeClock()
        for cancelsBefore in [true, false] {
            var body = ByteBuffer()
            body.append("{\"inputs\":[{\"name\":\"features\",\"shape\":[1,2],\"datatype\":\"FP32\",\"data\":[1,2]}]}")
            let order = InferenceOrder(
                slot: 0, headerLength: nil, contentCoding: .identity, acceptedCoding: .identity, arrival: clock.now())
            let task = LargeInference(
                order, model: model, policy: nil, body: body, bodyByteCountLimit: 1_000, clock: clock,
                completion: try Mailbox())
            if cancelsBefore { task.cancel() }
            let work = task.run()
            #expect((work == nil) == cancelsBefore)
            if let work {
                task.cancel()
                work.work(on: 0..<1)
                work.finish()
            }
            task.withOutcome { outcome, body in
                #expect(outcome.failure == .canceled && outcome.request == nil && body.isEmpty)
            }
        }
    }

    @Test(arguments: [
        (100, "", true), (101, "", false), (51, "\"timeout\":50", false), (50, "\"timeout\":50", true),
        (101, "\"timeout\":200", false), (5_000, "\"priority\":2", true), (101, "\"priority\":9", false),
    ])
    func `who has waited for longer than may be is refused`(waiting: Int, parameters: String, expected: Bool) throws {
        #expect(try isWorkedOn(waiting: waiting, parameters: parameters) == expected)
    }
}
