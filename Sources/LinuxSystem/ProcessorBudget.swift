import CShims
import Glibc

/// How many processors this process may keep busy.
package enum ProcessorBudget {
    /// Processors that the process may use: the fewer of those it is allowed to run on and those that its control
    /// group's quota pays for, rounded up, at least one.
    package static var processorCount: Int {
        let allowed = max(Int(rowan_usable_processor_count()), 1)
        guard let quota = quota(root: "") else { return allowed }
        return max(1, min(allowed, Int(quota.rounded(.up))))
    }

    /// The smallest quota of the control groups that hold the process, in processors; nil without any.
    ///
    /// - Parameter root: a prefix for the paths read, for tests.
    /// - Source: `cpu.max` in the kernel's control group version 2 manual, `cpu.cfs_quota_us` and `cpu.cfs_period_us`
    ///   in its CFS bandwidth page, cgroups(7) for `/proc/self/cgroup`.
    static func quota(root: String) -> Double? {
        guard let groups = try? FileSystem.readText("\(root)/proc/self/cgroup", byteCountLimit: 1 << 20) else {
            return nil
        }
        var least: Double?
        for line in groups.split(separator: "\n") {
            // Each line reads `number:controllers:path`; version 2 has number 0 and no controllers.
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            let controllers = fields[1].split(separator: ",")
            let directory: String
            if fields[0] == "0" && controllers.isEmpty {
                directory = "\(root)/sys/fs/cgroup"
            } else if controllers.contains("cpu") {
                directory = "\(root)/sys/fs/cgroup/\(fields[1])"
            } else {
                continue
            }
            for quota in quotas(directory: directory, path: fields[2]) { least = min(least ?? quota, quota) }
        }
        return least
    }

    /// The quotas of a group and of all groups around it.
    private static func quotas(directory: String, path: Substring) -> [Double] {
        var found: [Double] = []
        var group = path
        // Inside a container the path may name groups that are not visible here; the outermost always is.
        while true {
            let place = group == "/" ? directory : "\(directory)\(group)"
            if let quota = version2Quota(place) ?? version1Quota(place) { found.append(quota) }
            guard let slash = group.lastIndex(of: "/"), group != "/" else { return found }
            group = slash == group.startIndex ? "/" : group[..<slash]
        }
    }

    private static func version2Quota(_ group: String) -> Double? {
        guard let text = try? FileSystem.readText("\(group)/cpu.max", byteCountLimit: 4096) else { return nil }
        let fields = text.split { $0 == " " || $0 == "\n" }
        guard fields.count == 2, let quota = Double(fields[0]), let period = Double(fields[1]), period > 0 else {
            return nil
        }
        return quota / period
    }

    private static func version1Quota(_ group: String) -> Double? {
        guard let quota = number("\(group)/cpu.cfs_quota_us"), let period = number("\(group)/cpu.cfs_period_us"),
            quota > 0, period > 0
        else { return nil }
        return quota / period
    }

    private static func number(_ path: String) -> Double? {
        guard let text = try? FileSystem.readText(path, byteCountLimit: 4096) else { return nil }
        return Double(text.split(separator: "\n").first ?? "")
    }
}
