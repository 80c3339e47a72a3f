import Testing

@testable import InferenceServer

/// Kinds of client fault are literals of the program; more than there is room for are a bug.
@Suite struct EventLogCrashTests {
    /// One more than are told apart.
    private static let kinds: [StaticString] = [
        "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "a", "b", "c", "d", "e", "f", "g",
        "h", "i", "j", "k", "l", "m", "n", "o", "p", "q", "r", "s", "t", "u", "v", "w", "x",
        "y", "z", "A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L", "M", "N", "O",
        "P", "Q", "R", "S", "T", "U", "V", "W", "X", "Y", "Z", "+", "-", "*",
    ]

    private static func writeFaults(ofKinds count: Int) {
        let log = EventLog(level: .info, format: .text, sink: MemorySink(), now: { 0 })
        for kind in kinds.prefix(count) { log.clientFault(kind) }
    }

    @Test func `as many kinds as the limit says are told apart`() {
        #expect(Self.kinds.count == EventLogLimits.clientFaultKinds + 1)
        Self.writeFaults(ofKinds: EventLogLimits.clientFaultKinds)
    }

    @Test func `one kind more ends the process`() async {
        await #expect(processExitsWith: .failure) {
            Self.writeFaults(ofKinds: EventLogLimits.clientFaultKinds + 1)
        }
    }
}
