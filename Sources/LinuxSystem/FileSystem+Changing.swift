import CShims
import Glibc

/// Makes, moves and removes files and directories.
///
/// - Isolation: any thread; the calls may block.
extension FileSystem {
    /// Makes a directory that only this user may enter; one that is there stays as it is.
    package static func makeDirectory(_ path: String) throws(SystemError) {
        // The path is terminated by the conversion to a C string.
        if unsafe mkdir(path, 0o700) < 0, errno != EEXIST { throw SystemError(failed: "mkdir") }
    }

    /// Makes a directory with a name that nobody else has, which only this user may enter.
    ///
    /// - Parameter prefix: the path up to the part that is chosen.
    package static func makeUniqueDirectory(prefix: String) throws(SystemError) -> String {
        var template = Array("\(prefix)XXXXXX".utf8CString)
        // The C library replaces the last six characters of the array in place.
        guard unsafe mkdtemp(&template) != nil else { throw SystemError(failed: "mkdtemp") }
        return String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// Gives a file or directory another name, in one step; a file there is replaced.
    package static func rename(_ from: String, to: String) throws(SystemError) {
        // Both paths are terminated by the conversion to C strings.
        if unsafe Glibc.rename(from, to) < 0 { throw SystemError(failed: "rename") }
    }

    /// Gives a file to the owner of another one, where the kernel permits it.
    package static func copyOwner(of path: String, to other: String) {
        var status = stat()
        // The structure is the one that the call fills; both paths are terminated by the conversion to C strings.
        guard unsafe stat(path, &status) == 0 else { return }
        unsafe _ = chown(other, status.st_uid, status.st_gid)
    }

    /// Gives a file a second name.
    package static func link(_ from: String, to: String) throws(SystemError) {
        // Both paths are terminated by the conversion to C strings.
        if unsafe Glibc.link(from, to) < 0 { throw SystemError(failed: "link") }
    }

    /// Removes a file, a link, or a directory with everything in it; links are not followed.
    ///
    /// What is not there counts as removed.
    package static func remove(_ path: String) throws(SystemError) {
        // The paths are terminated by the conversion to C strings; `unlink` never follows a link.
        if unsafe unlink(path) == 0 || errno == ENOENT { return }
        if errno != EISDIR, errno != EPERM { throw SystemError(failed: "unlink") }
        for entry in try list(path) { try remove("\(path)/\(entry.name)") }
        if unsafe rmdir(path) < 0, errno != ENOENT { throw SystemError(failed: "rmdir") }
    }
}
