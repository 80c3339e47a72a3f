import LinuxSystem

/// Limits of calls.
enum GRPCLimits {
    /// Messages of one stream that are in work at once; more wait, and the caller's window with them.
    static let messagesInWork = 64
    /// How soon a caller that watches the health hears of a change.
    static let healthInterval = Nanoseconds.seconds(1)
}
