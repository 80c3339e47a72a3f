import Glibc

/// A system call that the kernel refused: its error number and its name.
///
/// Two error numbers are never seen here: a bad descriptor or a bad address can only be a bug of ours and traps.
package struct SystemError: Error, Equatable, Sendable {
    /// The error number, as in `errno`.
    package let number: Int32
    /// The system call's name.
    package let call: StaticString

    /// Records a failed call.
    ///
    /// - Precondition: `number` is neither `EBADF` nor `EFAULT`.
    package init(_ call: StaticString, number: Int32) {
        precondition(number != EBADF, "a system call was given a descriptor that is not open")
        precondition(number != EFAULT, "a system call was given an address outside the process")
        self.number = number
        self.call = call
    }

    /// Records the call that has just failed; must be the first thing done after it.
    init(failed call: StaticString) {
        self.init(call, number: errno)
    }

    package static func == (left: SystemError, right: SystemError) -> Bool {
        left.number == right.number && left.call.description == right.call.description
    }
}

extension SystemError: CustomStringConvertible {
    /// The kernel's own sentence and the call, for example "Address already in use (bind)".
    package var description: String { "\(reason) (\(call))" }

    /// The kernel's own sentence, for example "Address already in use".
    package var reason: String {
        // `strerror` returns a string that stays valid until this thread calls it again.
        guard let text = unsafe strerror(number) else { return "error \(number)" }
        return unsafe String(cString: text)
    }
}
