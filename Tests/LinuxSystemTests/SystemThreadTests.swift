import Glibc
import Synchronization
import Testing

@testable import LinuxSystem

@Suite struct SystemThreadTests {
    @Test func `a thread has its name and has ended when joined`() throws {
        let name = Handover<String>()
        let hasEnded = Mutex(false)
        let thread = try SystemThread(name: "a-name-that-is-too-long") {
            name.give((try? FileSystem.readText("/proc/thread-self/comm", byteCountLimit: 100)) ?? "")
            hasEnded.withLock { $0 = true }
        }
        #expect(name.take() == "a-name-that-is-\n")
        thread.join()
        #expect(hasEnded.withLock { $0 })
    }

    @Test func `a thread can be bound to one processor`() throws {
        let status = Handover<String>()
        let thread = try SystemThread(name: "bound", processor: 0) {
            status.give((try? FileSystem.readText("/proc/thread-self/status", byteCountLimit: 1 << 16)) ?? "")
        }
        #expect(status.take().contains("\nCpus_allowed_list:\t0\n"))
        thread.join()
    }

    @Test func `a background thread is a batch thread of lower weight`() throws {
        let facts = Handover<[Int32]>()
        let thread = try SystemThread(name: "background", priority: .background) {
            facts.give([sched_getscheduler(0), getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0)])
        }
        // SCHED_BATCH is policy 3.
        #expect(facts.take() == [3, 5])
        thread.join()
    }

    @Test func `a thread that nobody joins is let go`() throws {
        let ran = Handover<Bool>()
        _ = try SystemThread(name: "free") { ran.give(true) }
        #expect(ran.take())
    }

    @Test func `a semaphore lets as many pass as it was signalled`() throws {
        let gate = Gate()
        let threads = try (0..<4).map { _ in
            try SystemThread(name: "waits") {
                for _ in 0..<250 {
                    gate.semaphore.wait()
                    gate.passed.withLock { $0 += 1 }
                }
            }
        }
        for _ in 0..<1000 { gate.semaphore.signal() }
        for thread in threads { thread.join() }
        #expect(gate.passed.withLock { $0 } == 1000)
    }

    private final class Gate: Sendable {
        let semaphore = ThreadSemaphore()
        let passed = Mutex(0)
    }
}
