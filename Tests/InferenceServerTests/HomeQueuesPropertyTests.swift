import EventLoops
import HTTPConnections
import LinuxSystem
import OpenInferenceProtocol
import TestSupport
import Testing

@testable import DynamicBatching
@testable import EventLoops
@testable import InferenceServer
@testable import ModelRepository

/// Several loops in one thread that feed each other's queues: every request comes back once, with its own rows.
@Suite struct HomeQueuesPropertyTests {
    /// One loop, which never waits for events.
    private final class Loop: TickObserver {
        let loop: EventLoop
        let queues: HomeQueues
        var finished: [QueuedInference] = []

        init(_ index: Int, _ mailboxes: [Mailbox<QueueMessage>], clock: FakeClock, table: ServingTable) throws {
            loop = try EventLoop(clock: clock)
            queues = HomeQueues(index, of: mailboxes, on: loop, clock: clock)
            queues.adopt(table)
            try queues.readMessages { [unowned self] in finished.append($0) }
            loop.addTickObserver(self)
            // A first tick waits for nothing, as there is a message to be read.
            mailboxes[index].send(.cancelled(QueuedInference(for: table.model(atSlot: 0), originLoop: 0, homeLoop: 0)))
        }

        func tickEnded(on loop: EventLoop) -> TickContinuation {
            _ = queues.tickEnded()
            return .continueAtOnce
        }
    }

    private struct Sent {
        var values: [Float]
        var isCancelled = false
    }

    /// What an answer says, or why there is none.
    private enum End: Equatable {
        case answered(String)
        case full, late, cancelled
    }

    private static let configurations = [
        "max_batch_size: 8 dynamic_batching { max_queue_delay_microseconds: 100 preferred_batch_size: [ 3, 8 ] }",
        "max_batch_size: 16 dynamic_batching { priority_levels: 3 default_priority_level: 2 }",
        "max_batch_size: 6 dynamic_batching { max_queue_delay_microseconds: 300 "
            + "default_queue_policy { default_timeout_microseconds: 120 allow_timeout_override: true } }",
        "max_batch_size: 6 dynamic_batching { max_queue_delay_microseconds: 200 "
            + "default_queue_policy { max_queue_size: 3 timeout_action: DELAY default_timeout_microseconds: 50 } }",
    ]

    private func table() throws -> ServingTable {
        let models = try Self.configurations.enumerated().map { index, text in
            try FirstFeatureEngine.served(name: "m\(index)", configuration: text)
        }
        let names = models.enumerated().map { index, model in
            ServingTable.Name(name: model.name, versions: [.init(number: 1, state: .ready(slot: index))], reason: "")
        }
        return ServingTable(models: models, names: names)
    }

    private func end(of inference: QueuedInference) -> End {
        var end = End.cancelled
        inference.withContent { content in
            switch content.outcome {
            case .evaluated: end = .answered(content.reply.withBytes { $0.text($0.indices) })
            case .failed(let error, _, _): preconditionFailure("nothing is written that could fail: \(error)")
            case .queueWasFull: end = .full
            case .timeExpired: end = .late
            case .cancelled: end = .cancelled
            }
        }
        return end
    }

    private func begin(
        _ inference: QueuedInference, _ values: [Float], _ random: inout SeededGenerator, at now: Nanoseconds
    ) {
        var rows = FeatureMatrix(featureCount: 2, isWide: false, rowCapacity: values.count)
        rows.withTail(rows: values.count) { tail in
            for (row, value) in values.enumerated() { (tail[2 * row], tail[2 * row + 1]) = (value, -1) }
        }
        rows.advance(by: values.count)
        let order = QueueOrder(
            rowCount: values.count, wantedOutputs: 1, priority: UInt64(random.int(in: 0...4)),
            timeoutMicroseconds: UInt64(random.chance(oneIn: 2) ? 0 : random.int(in: 1...200)), arrival: now)
        let request = QueuedInference.Request(outputs: OutputSelection(requested: 1, binary: 0))
        inference.begin(request, order, id: Array("\"\(Int(values.first ?? 0))\"".utf8).span, rows: &rows)
    }

    @Test func `whatever loops send each other, every request ends once and with its own rows`() throws {
        var random = SeededGenerator.forTest()
        let clock = FakeClock()
        let mailboxes = try (0..<3).map { _ in try Mailbox<QueueMessage>() }
        let table = try table()
        let loops = try (0..<3).map { try Loop($0, mailboxes, clock: clock, table: table) }
        var sent: [ObjectIdentifier: Sent] = [:]
        var spare: [QueuedInference] = []
        var counts: [Int] = [0, 0, 0, 0]
        var nextValue: Float = 1
        func settle() {
            for loop in loops {
                loop.loop.tick()
                for inference in loop.finished {
                    let ended = sent.removeValue(forKey: ObjectIdentifier(inference))
                    guard let ended else {
                        Issue.record("a request came back twice")
                        continue
                    }
                    #expect(inference.originLoop == loops.firstIndex { $0 === loop })
                    switch end(of: inference) {
                    case .answered(let text):
                        counts[0] += 1
                        #expect(text == Self.answer(ended.values, inference.model))
                    case .full: counts[1] += 1
                    case .late: counts[2] += 1
                    case .cancelled:
                        counts[3] += 1
                        #expect(ended.isCancelled)
                    }
                    inference.end()
                    spare.append(inference)
                }
                loop.finished.removeAll()
            }
        }
        for _ in 0..<4_000 {
            clock.advance(by: .microseconds(random.int(in: 0...60)))
            for _ in 0..<random.int(in: 0...3) {
                let origin = random.int(in: 0...2)
                let slot = random.int(in: 0...table.slots.count - 1)
                let found = spare.lastIndex { $0.originLoop == origin && $0.model === table.model(atSlot: slot) }
                let inference =
                    found.map { spare.remove(at: $0) }
                    ?? QueuedInference(for: table.model(atSlot: slot), originLoop: origin, homeLoop: slot % 3)
                let values = (0..<random.int(in: 0...6)).map { Float($0) + nextValue }
                nextValue += Float(values.count)
                begin(inference, values, &random, at: clock.now())
                sent[ObjectIdentifier(inference)] = Sent(values: values)
                loops[origin].queues.arrived(inference)
                if random.chance(oneIn: 6) {
                    if random.chance(oneIn: 2) { settle() }
                    // It may have come back meanwhile; then nobody cancels it any more.
                    guard sent[ObjectIdentifier(inference)]?.values == values else { continue }
                    sent[ObjectIdentifier(inference)]?.isCancelled = true
                    loops[origin].queues.cancelled(inference)
                }
            }
            settle()
        }
        for _ in 0..<100 {
            clock.advance(by: .microseconds(100))
            settle()
        }
        #expect(sent.isEmpty)
        for count in counts { #expect(count > 50, "\(counts)") }
    }

    private static func answer(_ values: [Float], _ model: ServedModel) -> String {
        var text = ByteBuffer()
        let id = Array("\"\(Int(values.first ?? 0))\"".utf8)
        let column = OutputColumn(metadata: model.signature.outputs[0], responseDims: [])
        column.prepare(rows: values.count)
        column.withFloats { all in
            for (row, value) in values.enumerated() { all[row] = value }
        }
        _ = model.signature.responseTemplate.append(
            to: &text, id: id.span, selection: OutputSelection(requested: 1, binary: 0),
            columns: [column], rows: 0..<values.count)
        return text.withBytes { $0.text($0.indices) }
    }

    @Test func `a request that was large gives its memory back, a small one keeps it`() throws {
        let model = try FirstFeatureEngine.served(name: "m", configuration: Self.configurations[0])
        let kept = DynamicBatchingLimits.queuedByteCount / MemoryLayout<Float>.stride / 2
        for (rowCount, isKept) in [(kept, true), (kept + 1, false)] {
            let inference = QueuedInference(for: model, originLoop: 0, homeLoop: 0)
            var rows = FeatureMatrix(featureCount: 2, isWide: false, rowCapacity: rowCount)
            inference.begin(.init(), QueueOrder(), id: Span(), rows: &rows)
            inference.end()
            var capacity = 0
            inference.withContent { capacity = $0.rows.rowCapacity }
            #expect(capacity == (isKept ? rowCount : 0))
        }
    }
}
