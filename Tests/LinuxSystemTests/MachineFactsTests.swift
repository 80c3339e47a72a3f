import Testing

@testable import LinuxSystem

/// What `/proc` says about the machine; texts as proc(5) describes them.
struct MachineFactsTests {
    @Test func `the first line of stat is added up, without guests`() {
        let text = "cpu  100 20 30 400 50 6 7 8 90 10\ncpu0 1 2 3 4 5 6 7 8 9 10\nbtime 1\n"
        #expect(MachineFacts.processorTicks(in: text) == .init(busy: 171, idle: 450))
    }

    @Test(arguments: ["", "cpu 1 2 3", "cpu0 1 2 3 4 5 6 7 8", "cpu a b c d e f g h i", "intr 1 2 3 4 5 6 7 8 9"])
    func `what is no such line has no figures`(text: String) {
        #expect(MachineFacts.processorTicks(in: text) == nil)
    }

    @Test func `utilization is the busy part of what has passed`() {
        let earlier = MachineFacts.ProcessorTicks(busy: 100, idle: 900)
        #expect(MachineFacts.ProcessorTicks(busy: 130, idle: 910).utilization(since: earlier) == 0.75)
        #expect(earlier.utilization(since: earlier) == 0)
        #expect(MachineFacts.ProcessorTicks(busy: 90, idle: 950).utilization(since: earlier) == 0, "never below 0")
    }

    @Test func `memory is in bytes`() {
        let text = "MemTotal:       16384 kB\nMemFree:  1 kB\nMemAvailable:    4096 kB\n"
        #expect(MachineFacts.memory(in: text) == .init(total: 16 << 20, available: 4 << 20))
        #expect(MachineFacts.memory(in: "MemTotal: 1 kB\n") == nil)
        #expect(
            MachineFacts.memory(in: "MemTotal: 1 kB\nMemAvailable: 2 kB\n") == .init(total: 1_024, available: 1_024))
    }

    @Test func `this machine tells`() throws {
        let memory = try #require(MachineFacts.memory)
        #expect(memory.total > memory.available && MachineFacts.processorTicks != nil)
    }

    @Test func `descriptors are counted`() throws {
        let before = ProcessFacts.openDescriptorCount
        let signals = try (0..<5).map { _ in try Box(LinuxKernel().makeSignal()) }
        #expect(ProcessFacts.openDescriptorCount >= before + 3 && signals.count == 5)
        #expect(ProcessFacts.descriptorLimit > before)
    }

    @Test func `another thread's processor time can be read while it runs, and not afterwards`() throws {
        let handover = Handover<ThreadClockReading>()
        let hasRead = ThreadSemaphore()
        let thread = try SystemThread(name: "clock", priority: .normal) {
            handover.give(ThreadClockReading())
            hasRead.wait()
        }
        let reading = handover.take()
        let first = try #require(reading.now())
        #expect(first >= .zero)
        hasRead.signal()
        thread.join()
        // Who joins is woken before the kernel has forgotten the thread.
        let clock = SystemClock()
        let deadline = clock.now() + .seconds(10)
        while reading.now() != nil, clock.now() < deadline {}
        #expect(reading.now() == nil)
    }

    /// Holds a descriptor.
    private final class Box {
        private let descriptor: Descriptor

        init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }
    }
}
