import EventLoops
import LinuxSystem

/// Looks at the machine's processors and memory at intervals.
///
/// - Isolation: the control loop's thread.
/// - Source: Triton's `Metrics::PollCpuMetrics`.
final class MachineMetrics: TimerHandler {
    private let interval: Nanoseconds
    private var ticks: MachineFacts.ProcessorTicks?
    /// What the last look has told; nil where the kernel tells nothing.
    private(set) var figures: ProcessFigures.Machine?

    init(interval: Nanoseconds, on loop: EventLoop) {
        self.interval = interval
        ticks = MachineFacts.processorTicks
        look()
        _ = loop.arm(self, at: loop.now + interval)
    }

    func timerFired(on loop: EventLoop) {
        look()
        _ = loop.arm(self, at: loop.now + interval)
    }

    private func look() {
        guard let now = MachineFacts.processorTicks, let memory = MachineFacts.memory else { return }
        figures = ProcessFigures.Machine(
            utilization: ticks.map { now.utilization(since: $0) } ?? 0, memoryByteCount: memory.total,
            usedMemoryByteCount: memory.total - memory.available)
        ticks = now
    }
}
