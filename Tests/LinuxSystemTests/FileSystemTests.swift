import Glibc
import Testing

@testable import LinuxSystem

@Suite struct FileSystemTests {
    /// A directory that is removed with everything in it.
    private final class Directory {
        let path: String

        init() throws {
            var template = Array("/tmp/rowan-test-XXXXXX".utf8CString)
            // The template is terminated and is replaced by the name.
            let made = unsafe mkdtemp(&template)
            guard unsafe made != nil else { throw SystemError("mkdtemp", number: errno) }
            path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }

        deinit {
            for entry in (try? FileSystem.list(path)) ?? [] {
                unsafe _ = unlink("\(path)/\(entry.name)")
                unsafe _ = rmdir("\(path)/\(entry.name)")
            }
            unsafe _ = rmdir(path)
        }

        func write(_ name: String, _ content: String) {
            let file = unsafe fopen("\(path)/\(name)", "w")
            guard let file = unsafe file else { return }
            unsafe _ = fputs(content, file)
            unsafe _ = fclose(file)
        }
    }

    @Test func `a file is read whole`() throws {
        let directory = try Directory()
        for size in [0, 1, 4095, 4096, 4097, 100_000] {
            let content = String(repeating: "x", count: size)
            directory.write("file", content)
            #expect(try FileSystem.readText("\(directory.path)/file", byteCountLimit: size) == content)
        }
    }

    @Test func `a file takes memory for its size and not for more`() throws {
        let directory = try Directory()
        for size in [4095, 4096, 100_000] {
            directory.write("file", String(repeating: "x", count: size))
            let content = try FileSystem.read("\(directory.path)/file", byteCountLimit: size)
            #expect(content.capacity == size + 1)
        }
    }

    @Test func `a file that is larger than permitted is refused`() throws {
        let directory = try Directory()
        directory.write("file", "12345")
        #expect(throws: FileFault.tooLarge(byteCountLimit: 4)) {
            _ = try FileSystem.read("\(directory.path)/file", byteCountLimit: 4)
        }
    }

    @Test func `a file that says it is empty is read, and its limit holds`() throws {
        #expect(try FileSystem.readText("/proc/self/stat", byteCountLimit: 1 << 16).hasPrefix("\(getpid()) ("))
        #expect(throws: FileFault.tooLarge(byteCountLimit: 3)) {
            _ = try FileSystem.read("/proc/self/stat", byteCountLimit: 3)
        }
    }

    @Test func `what is not there or is not a file is refused`() throws {
        let directory = try Directory()
        #expect(throws: FileFault.system(SystemError("open", number: ENOENT))) {
            _ = try FileSystem.read("\(directory.path)/none", byteCountLimit: 1)
        }
        #expect(throws: FileFault.notAFile) { _ = try FileSystem.read(directory.path, byteCountLimit: 1) }
        #expect(throws: FileFault.notAFile) { _ = try FileSystem.read("/dev/zero", byteCountLimit: 1) }
        #expect(!FileSystem.exists("\(directory.path)/none"))
        #expect(FileSystem.exists(directory.path))
    }

    @Test func `a pipe without a writer does not block the reader`() throws {
        let directory = try Directory()
        #expect(unsafe mkfifo("\(directory.path)/pipe", 0o600) == 0)
        #expect(throws: FileFault.notAFile) {
            _ = try FileSystem.read("\(directory.path)/pipe", byteCountLimit: 1)
        }
    }

    @Test func `entries are listed by name with what they are`() throws {
        let directory = try Directory()
        directory.write("b", "")
        #expect(unsafe mkdir("\(directory.path)/a", 0o700) == 0)
        #expect(unsafe symlink("\(directory.path)/b", "\(directory.path)/to-file") == 0)
        #expect(unsafe symlink("\(directory.path)/a", "\(directory.path)/to-directory") == 0)
        #expect(unsafe symlink("\(directory.path)/c", "\(directory.path)/to-nothing") == 0)
        #expect(
            try FileSystem.list(directory.path) == [
                DirectoryEntry(name: "a", kind: .directory), DirectoryEntry(name: "b", kind: .file),
                DirectoryEntry(name: "to-directory", kind: .directory),
                DirectoryEntry(name: "to-file", kind: .file), DirectoryEntry(name: "to-nothing", kind: .other),
            ])
        #expect(throws: SystemError("opendir", number: ENOTDIR)) { _ = try FileSystem.list("\(directory.path)/b") }
    }

    @Test func `a file's facts are the kernel's`() throws {
        let directory = try Directory()
        directory.write("file", "123")
        let before = try FileStatus(of: "\(directory.path)/file")
        #expect(before.kind == .file)
        #expect(before.byteCount == 3)
        let age = WallClock.nanosecondsSince1970() - before.modified.count
        #expect(age > -1_000_000_000 && age < 60_000_000_000)
        #expect(try FileStatus(of: directory.path).kind == .directory)
        #expect(try FileStatus(of: "/dev/null").kind == .other)
        #expect(throws: SystemError("stat", number: ENOENT)) { _ = try FileStatus(of: "/none") }
    }
}
