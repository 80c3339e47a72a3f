import CShims
import Glibc

/// The terminal that a command was started from.
///
/// Keys arrive one by one and are not shown while a value of this type exists; letting go of it makes the
/// terminal what it was. Control-C still raises its signal.
///
/// - Isolation: one thread.
/// - Source: termios(3).
package struct Terminal: ~Copyable {
    private let former: termios

    /// Whether a stream leads to a terminal.
    package static func isThere(behind stream: StandardStream) -> Bool { isatty(stream.rawValue) == 1 }

    /// How many columns and rows the terminal behind a stream has; nil if it is none or does not tell.
    package static func size(behind stream: StandardStream) -> (columns: Int, rows: Int)? {
        let packed = rowan_terminal_size(stream.rawValue)
        return packed > 0 ? (columns: Int(packed & 0xFFFF), rows: Int(packed >> 16)) : nil
    }

    private init(former: termios) { self.former = former }

    /// Takes the keyboard; nil if standard input is no terminal.
    package static func takeKeyboard() -> Terminal? {
        var settings = termios()
        // The structure is the one that the calls fill and read.
        guard unsafe tcgetattr(0, &settings) == 0 else { return nil }
        let former = settings
        settings.c_lflag &= ~tcflag_t(ICANON | ECHO)
        guard unsafe tcsetattr(0, TCSADRAIN, &settings) == 0 else { return nil }
        return Terminal(former: former)
    }

    deinit { Self.restore(former) }

    private static func restore(_ settings: termios) {
        var settings = settings
        // The structure is what the terminal was asked for; a terminal that has gone needs no restoring.
        _ = unsafe tcsetattr(0, TCSADRAIN, &settings)
    }

    /// Waits for a key.
    ///
    /// - Returns: its byte, or nil after the timeout; where there will be no further key, 4 (Control-D).
    package borrowing func key(timeout: Nanoseconds) -> UInt8? {
        var request = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
        // The kernel writes only into `request` and the byte, which outlive the calls.
        guard unsafe poll(&request, 1, Int32(clamping: timeout.count / 1_000_000)) > 0 else { return nil }
        var byte: UInt8 = 0
        let count = unsafe read(0, &byte, 1)
        if count == 1 { return byte }
        return count < 0 && errno == EINTR ? nil : 4
    }
}
