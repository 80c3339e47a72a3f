import CShims
import Glibc

/// Reads files and directories.
///
/// - Isolation: any thread; the calls may block.
package enum FileSystem {
    /// Whether a path names something; symbolic links are followed.
    package static func exists(_ path: String) -> Bool {
        // The path is terminated by the conversion to a C string.
        unsafe access(path, F_OK) == 0
    }

    /// Reads a whole file.
    ///
    /// - Parameter byteCountLimit: most bytes that the caller is willing to hold.
    package static func read(_ path: String, byteCountLimit: Int) throws(FileFault) -> ByteBuffer {
        let number = unsafe rowan_open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0)
        if number < 0 { throw .system(SystemError(failed: "open")) }
        let file = Descriptor(owning: number, from: LinuxKernel())
        var status = stat()
        // The structure is the one that the call fills.
        if unsafe fstat(file.number, &status) < 0 { throw .system(SystemError(failed: "fstat")) }
        if FileStatus(status).kind != .file { throw .notAFile }
        let expected = Int(status.st_size)
        if expected > byteCountLimit { throw .tooLarge(byteCountLimit: byteCountLimit) }
        // One byte more than expected, so that the end is found without growing, which would take the memory twice.
        var content = ByteBuffer(capacity: max(expected + 1, 4096))
        while true {
            // Files under /proc say that they are empty, and a file may grow while it is read.
            let room = content.capacity - content.count
            let chunk = room > 0 ? room : 4096
            let count = unsafe content.append(limit: chunk) { unsafe Glibc.read(number, $0.baseAddress, $0.count) }
            if count == 0 { return content }
            if count < 0 {
                if errno == EINTR { continue }
                throw .system(SystemError(failed: "read"))
            }
            if content.count > byteCountLimit { throw .tooLarge(byteCountLimit: byteCountLimit) }
        }
    }

    /// Whether any process has a file open for writing.
    ///
    /// - Returns: false also where the kernel does not tell: for files of another user, and on some file systems.
    /// - Source: fcntl(2), `F_SETLEASE`: a lease for reading is given only while nobody writes.
    package static func isBeingWritten(_ path: String) -> Bool {
        let number = unsafe rowan_open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0)
        if number < 0 { return false }
        let file = Descriptor(owning: number, from: LinuxKernel())
        return rowan_is_being_written(file.number) == 1
    }

    /// Reads a whole file as text; bytes that are not UTF-8 are replaced.
    package static func readText(_ path: String, byteCountLimit: Int) throws(FileFault) -> String {
        let content = try read(path, byteCountLimit: byteCountLimit)
        return content.withBytes { bytes in
            // The string copies the bytes during the call.
            unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
        }
    }

    /// Lists the entries of a directory without `.` and `..`, sorted by the bytes of their names.
    package static func list(_ path: String) throws(SystemError) -> [DirectoryEntry] {
        guard let directory = unsafe opendir(path) else { throw SystemError(failed: "opendir") }
        defer { unsafe _ = closedir(directory) }
        var entries: [DirectoryEntry] = []
        while true {
            errno = 0
            // The entry is valid until the next call for the same directory.
            guard let entry = unsafe readdir(directory) else {
                if errno != 0 { throw SystemError(failed: "readdir") }
                break
            }
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name == "." || name == ".." { continue }
            let kind: FileStatus.Kind
            switch unsafe Int(entry.pointee.d_type) {
            case Int(DT_REG): kind = .file
            case Int(DT_DIR): kind = .directory
            default:
                // A symbolic link counts as what it points to; one that points nowhere is listed as something else.
                kind = (try? FileStatus(of: "\(path)/\(name)").kind) ?? .other
            }
            entries.append(DirectoryEntry(name: name, kind: kind))
        }
        return entries.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }
}

/// One name in a directory.
package struct DirectoryEntry: Equatable, Sendable {
    package let name: String
    package let kind: FileStatus.Kind

    /// Names an entry.
    package init(name: String, kind: FileStatus.Kind) {
        self.name = name
        self.kind = kind
    }
}
