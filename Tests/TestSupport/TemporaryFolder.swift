import Glibc

/// A folder of a test's own, removed with everything in it when the value goes away.
package final class TemporaryFolder {
    /// The folder, without a slash at its end.
    package let path: String

    /// Makes an empty folder.
    package init() {
        var template = Array("/var/tmp/rowan-test-XXXXXX".utf8CString)
        // The C library replaces the last six characters in place.
        let made = unsafe mkdtemp(&template)
        guard unsafe made != nil else { preconditionFailure("no folder for a test") }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit {
        _ = try? ChildProcess("/bin/rm", ["-rf", "--", path]).waitForEnd()
    }

    /// Writes a file, making the folders above it.
    package func write(_ bytes: [UInt8], to name: String) {
        var folder = path
        for component in name.split(separator: "/").dropLast() {
            folder += "/\(component)"
            // The path ends with a zero byte.
            _ = unsafe mkdir(folder, 0o755)
        }
        // The path ends with a zero byte, and the file is closed before the function returns.
        let file = unsafe open("\(path)/\(name)", O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        precondition(file >= 0, "no file for a test")
        defer { close(file) }
        // The kernel reads the array during the call.
        let count = unsafe Glibc.write(file, bytes, bytes.count)
        precondition(count == bytes.count, "a short write to a test's file")
    }

    /// Writes a text.
    package func write(_ text: String, to name: String) {
        write(Array(text.utf8), to: name)
    }
}
