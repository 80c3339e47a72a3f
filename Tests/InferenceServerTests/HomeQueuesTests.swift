import LinuxSystem
import OpenInferenceProtocol
import Synchronization
import Testing

@testable import DynamicBatching
@testable import EventLoops
@testable import InferenceServer
@testable import ModelRepository

/// Real loops on threads of their own that feed one queue.
@Suite struct HomeQueuesTests {
    /// A loop that sends a request, waits for its answer, and sends the next one.
    private final class Asker: TickObserver {
        let queues: HomeQueues
        private let inference: QueuedInference
        private let clock: any MonotonicClock
        private var asked = 0
        private let total: Int
        private let done: (_ wrongCount: Int) -> Void
        private var wrongCount = 0

        init(
            _ index: Int, _ mailboxes: [Mailbox<QueueMessage>], _ model: ServedModel, total: Int, on loop: EventLoop,
            done: @escaping (Int) -> Void
        ) throws(SystemError) {
            clock = SystemClock()
            queues = HomeQueues(index, of: mailboxes, on: loop, clock: clock)
            inference = QueuedInference(for: model, originLoop: index, homeLoop: 0)
            self.total = total
            self.done = done
            try queues.readMessages { [unowned self] in finished($0) }
            loop.addTickObserver(self)
        }

        func tickEnded(on loop: EventLoop) -> TickContinuation { queues.tickEnded() }

        /// A request of one row whose first feature names it.
        func ask() {
            asked += 1
            var rows = FeatureMatrix(featureCount: 2, isWide: false, rowCapacity: 1)
            rows.withTail(rows: 1) { tail in (tail[0], tail[1]) = (Float(asked), 0) }
            rows.advance(by: 1)
            inference.begin(
                .init(outputs: OutputSelection(requested: 1, binary: 0)),
                QueueOrder(rowCount: 1, wantedOutputs: 1, arrival: clock.now()), id: Span(), rows: &rows)
            queues.arrived(inference)
        }

        private func finished(_ inference: QueuedInference) {
            inference.withContent { content in
                let text = content.reply.withBytes { $0.text($0.indices) }
                if !text.contains("\"data\":[\(asked)]") { wrongCount += 1 }
            }
            inference.end()
            if asked < total { ask() } else { done(wrongCount) }
        }
    }

    @Test(arguments: [
        "max_batch_size: 8 dynamic_batching { priority_levels: 2 default_priority_level: 1 }",
        "max_batch_size: 8 dynamic_batching { max_queue_delay_microseconds: 50 preferred_batch_size: 3 }",
    ])
    func `loops that feed one queue at once each get their own answers`(configuration: String) throws {
        let model = try FirstFeatureEngine.served(name: "m", configuration: configuration)
        let loopCount = 3
        let mailboxes = try (0..<loopCount).map { _ in try Mailbox<QueueMessage>() }
        let ended = ThreadSemaphore()
        let wrongCount = Atomic(0)
        let threads = try (0..<loopCount).map { index in
            let starts = try Mailbox<Bool>()
            let started = try EventLoopThread.start(name: "asker\(index)") { loop throws(SystemError) in
                let asker = try Asker(index, mailboxes, model, total: 2_000, on: loop) { wrong in
                    wrongCount.add(wrong, ordering: .relaxed)
                    ended.signal()
                }
                try loop.attach(starts) { _, _ in asker.ask() }
            }
            starts.send(true)
            return started.thread
        }
        for _ in 0..<loopCount { ended.wait() }
        for thread in threads { thread.stop() }
        for thread in threads { thread.join() }
        #expect(wrongCount.load(ordering: .relaxed) == 0)
    }
}
