import CShims
import Glibc

/// What the kernel knows about this process.
package enum ProcessFacts {
    /// Memory that the process has mapped, and what of it is resident now.
    ///
    /// - Units: bytes.
    /// - Source: the first two fields of `/proc/self/statm`, proc(5).
    package static var memory: (mapped: Int, resident: Int) {
        guard let text = try? FileSystem.readText("/proc/self/statm", byteCountLimit: 4096) else { return (0, 0) }
        let fields = text.split(separator: " ")
        guard fields.count > 1, let mapped = Int(fields[0]), let resident = Int(fields[1]) else { return (0, 0) }
        let pageByteCount = Int(sysconf(Int32(_SC_PAGESIZE)))
        return (mapped * pageByteCount, resident * pageByteCount)
    }

    /// Processor time that all threads of the process have used so far.
    package static var processorTime: (user: Nanoseconds, system: Nanoseconds) {
        var usage = rusage()
        // The structure is the one that the call fills; it cannot fail for the own process.
        unsafe _ = getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return (nanoseconds(usage.ru_utime), nanoseconds(usage.ru_stime))
    }

    private static func nanoseconds(_ time: timeval) -> Nanoseconds {
        Nanoseconds(Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_usec) * 1000)
    }

    /// When the process began, since 1970; nil if `/proc` cannot be read.
    ///
    /// - Source: field 22 of `/proc/self/stat`, clock ticks after the boot that `/proc/stat` names, proc(5).
    package static var startTime: Nanoseconds? {
        guard let status = try? FileSystem.readText("/proc/self/stat", byteCountLimit: 1 << 16),
            let boot = try? FileSystem.readText("/proc/stat", byteCountLimit: 1 << 24),
            let afterName = status.lastIndex(of: ")"),
            let bootLine = boot.split(separator: "\n").first(where: { $0.hasPrefix("btime ") }),
            let bootSeconds = Int64(bootLine.dropFirst(6))
        else { return nil }
        // The name of the program may hold spaces; the field after it is the third.
        let fields = status[status.index(after: afterName)...].split(separator: " ")
        guard fields.count > 19, let ticks = Int64(fields[19]) else { return nil }
        let ticksPerSecond = Int64(sysconf(Int32(_SC_CLK_TCK)))
        return Nanoseconds(bootSeconds * 1_000_000_000 + ticks * (1_000_000_000 / ticksPerSecond))
    }

    /// Raises the number of descriptors that the process may open to what the administrator permits.
    package static func raiseDescriptorLimit() {
        var limit = rlimit()
        // The structure is the one that both calls use; without success the lower limit goes on to hold.
        unsafe _ = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = limit.rlim_max
        unsafe _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
