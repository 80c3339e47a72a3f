import Glibc

/// How a process ends.
package enum ProcessExit {
    /// Ends the process with a code for its parent.
    package static func end(with code: Int32) -> Never {
        exit(code)
    }
}
