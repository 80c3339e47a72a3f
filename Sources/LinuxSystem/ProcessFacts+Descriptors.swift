import CShims
import Glibc

extension ProcessFacts {
    /// Descriptors that are open now.
    ///
    /// - Complexity: one call since Linux 6.2; before that it lists them.
    /// - Source: proc(5): since Linux 6.2 the size of `/proc/self/fd` is their number.
    package static var openDescriptorCount: Int {
        let path = "/proc/self/fd"
        if let count = try? FileStatus(of: path).byteCount, count > 0 { return count }
        // The listing itself has one open meanwhile.
        guard let entries = try? FileSystem.list(path) else { return 0 }
        return max(0, entries.count - 1)
    }

    /// Most descriptors that the process may have open.
    package static var descriptorLimit: Int {
        var limit = rlimit()
        // The structure is the one that the call fills; it cannot fail for the own process.
        unsafe _ = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return Int(clamping: limit.rlim_cur)
    }
}
