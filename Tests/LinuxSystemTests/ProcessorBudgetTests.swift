import Glibc
import Testing

@testable import LinuxSystem

// Control groups as files in a directory of our own.
@Suite struct ProcessorBudgetTests {
    private func quota(_ files: [(path: String, content: String)]) throws -> Double? {
        var template = Array("/tmp/rowan-test-XXXXXX".utf8CString)
        // The template is terminated and is replaced by the name.
        let made = unsafe mkdtemp(&template)
        try #require(unsafe made != nil)
        let root = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        for (path, content) in files {
            var directory = root
            for part in path.split(separator: "/").dropLast() {
                directory += "/\(part)"
                unsafe _ = mkdir(directory, 0o700)
            }
            guard let file = unsafe fopen("\(root)/\(path)", "w") else { continue }
            unsafe _ = fputs(content, file)
            unsafe _ = fclose(file)
        }
        defer { remove(root) }
        return ProcessorBudget.quota(root: root)
    }

    private func remove(_ directory: String) {
        for entry in (try? FileSystem.list(directory)) ?? [] {
            let path = "\(directory)/\(entry.name)"
            if entry.kind == .directory { remove(path) } else { unsafe _ = unlink(path) }
        }
        unsafe _ = rmdir(directory)
    }

    @Test func `version 2: the quota of the own group`() throws {
        #expect(
            try quota([
                ("proc/self/cgroup", "0::/a/b\n"), ("sys/fs/cgroup/a/b/cpu.max", "150000 100000\n"),
            ]) == 1.5)
    }

    @Test func `version 2: the least quota of the groups around`() throws {
        #expect(
            try quota([
                ("proc/self/cgroup", "0::/a/b\n"), ("sys/fs/cgroup/a/b/cpu.max", "400000 100000\n"),
                ("sys/fs/cgroup/a/cpu.max", "50000 100000\n"), ("sys/fs/cgroup/cpu.max", "max 100000\n"),
            ]) == 0.5)
    }

    @Test func `version 2 in a container: the group is the root`() throws {
        #expect(
            try quota([("proc/self/cgroup", "0::/\n"), ("sys/fs/cgroup/cpu.max", "300000 100000\n")]) == 3)
    }

    @Test func `version 1: quota and period in files of their own`() throws {
        #expect(
            try quota([
                ("proc/self/cgroup", "5:memory:/x\n4:cpu,cpuacct:/x\n0::/\n"),
                ("sys/fs/cgroup/cpu,cpuacct/x/cpu.cfs_quota_us", "250000\n"),
                ("sys/fs/cgroup/cpu,cpuacct/x/cpu.cfs_period_us", "100000\n"),
            ]) == 2.5)
    }

    @Test(arguments: ["max 100000\n", "", "100000\n", "a b\n", "100000 0\n"])
    func `a quota that is none or makes no sense does not limit`(_ content: String) throws {
        #expect(try quota([("proc/self/cgroup", "0::/\n"), ("sys/fs/cgroup/cpu.max", content)]) == nil)
    }

    @Test func `version 1 without a quota says minus one`() throws {
        #expect(
            try quota([
                ("proc/self/cgroup", "4:cpu:/\n"), ("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n"),
                ("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n"),
            ]) == nil)
    }

    @Test func `without control groups nothing limits`() throws {
        #expect(try quota([]) == nil)
    }

    @Test func `at least one processor is there`() {
        #expect(ProcessorBudget.processorCount >= 1)
        #expect(ProcessorBudget.processorCount <= Int(sysconf(Int32(_SC_NPROCESSORS_CONF))))
    }
}
