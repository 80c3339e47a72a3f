/// What the kernel knows about the machine, for metrics.
package enum MachineFacts {
    /// Time that all processors together have spent since the machine began.
    ///
    /// - Units: clock ticks.
    package struct ProcessorTicks: Equatable, Sendable {
        package var busy: UInt64
        package var idle: UInt64

        /// Names two sums.
        package init(busy: UInt64, idle: UInt64) {
            self.busy = busy
            self.idle = idle
        }

        /// The busy part of the time since an earlier reading, 0…1; 0 if none has passed.
        package func utilization(since earlier: ProcessorTicks) -> Double {
            let busy = self.busy > earlier.busy ? self.busy - earlier.busy : 0
            let idle = self.idle > earlier.idle ? self.idle - earlier.idle : 0
            return busy + idle > 0 ? Double(busy) / Double(busy + idle) : 0
        }
    }

    /// Memory of the machine.
    ///
    /// - Units: bytes.
    package struct Memory: Equatable, Sendable {
        package var total: UInt64
        /// What new programs could have without swapping.
        package var available: UInt64

        /// Names two sizes.
        package init(total: UInt64, available: UInt64) {
            self.total = total
            self.available = available
        }
    }

    /// Reads `/proc/stat`; nil where it cannot be read.
    package static var processorTicks: ProcessorTicks? {
        (try? FileSystem.readText("/proc/stat", byteCountLimit: 1 << 24)).flatMap { processorTicks(in: $0) }
    }

    /// Reads `/proc/meminfo`; nil where it cannot be read.
    package static var memory: Memory? {
        (try? FileSystem.readText("/proc/meminfo", byteCountLimit: 1 << 20)).flatMap { memory(in: $0) }
    }

    /// The first line's user, nice, system, idle, iowait, irq, softirq and steal; guests' time is part of user's.
    ///
    /// - Source: proc(5); what counts as busy is Triton's (`Metrics::CpuUtilization`).
    static func processorTicks(in text: String) -> ProcessorTicks? {
        guard let line = text.split(separator: "\n").first else { return nil }
        let fields = line.split(separator: " ")
        guard fields.first == "cpu", fields.count > 8 else { return nil }
        let ticks = fields[1...8].compactMap { UInt64($0) }
        guard ticks.count == 8 else { return nil }
        let idle = ticks[3] &+ ticks[4]
        return ProcessorTicks(busy: ticks.reduce(0, &+) &- idle, idle: idle)
    }

    /// - Source: proc(5); sizes are in units of 1,024 bytes.
    static func memory(in text: String) -> Memory? {
        func value(_ name: String) -> UInt64? {
            let line = text.split(separator: "\n").first { $0.hasPrefix(name) }
            return line?.split(separator: " ").dropFirst().first.flatMap { UInt64($0) }
        }
        guard let total = value("MemTotal:"), let available = value("MemAvailable:"), total < 1 << 54 else {
            return nil
        }
        return Memory(total: total * 1_024, available: min(available, total) * 1_024)
    }
}
