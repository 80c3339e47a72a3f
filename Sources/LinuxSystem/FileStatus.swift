import Glibc

/// What is known about a file without opening it.
package struct FileStatus: Equatable, Sendable {
    /// What kind of thing a path names.
    package enum Kind: Equatable, Sendable {
        case file
        case directory
        /// A pipe, a socket or a device.
        case other
    }

    package let kind: Kind
    /// Size of the content.
    package let byteCount: Int
    /// When the content last changed, since 1970.
    package let modified: Nanoseconds
    /// When the content, the permissions or the names last changed, since 1970; nobody can set it back.
    package let changed: Nanoseconds
    /// Number of the file within its file system; a replaced file has another one.
    package let inode: UInt64

    /// Looks at a path; symbolic links are followed.
    ///
    /// - Throws: what the kernel refused; a path that names nothing gives `ENOENT`.
    package init(of path: String) throws(SystemError) {
        var status = stat()
        // The structure is the one that the call fills; the text is lent, since passing a string on copies it.
        let result = unsafe path.withCString { unsafe stat($0, &status) }
        if result < 0 { throw SystemError(failed: "stat") }
        self.init(status)
    }

    init(_ status: stat) {
        switch status.st_mode & S_IFMT {
        case S_IFREG: kind = .file
        case S_IFDIR: kind = .directory
        default: kind = .other
        }
        byteCount = Int(status.st_size)
        modified = Self.instant(status.st_mtim)
        changed = Self.instant(status.st_ctim)
        inode = UInt64(status.st_ino)
    }

    private static func instant(_ time: timespec) -> Nanoseconds {
        Nanoseconds(Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }
}
