/// What the log writes, as an operator can change it while the server runs.
///
/// All of it fits one word, which threads read by one relaxed load.
///
/// - Source: Triton's extension_logging.md; levels are switched one by one there.
package struct LogSettings: Equatable, Sendable {
    /// How a line says when it was written.
    package enum TimeForm: String, Sendable, CaseIterable {
        /// With milliseconds: RFC 3339.
        case milliseconds = "default"
        /// With whole seconds, as Triton's ISO8601 lines.
        case seconds = "ISO8601"
    }

    package var writesInfo = true
    package var writesWarnings = true
    package var writesErrors = true
    /// 0: no lines of level debug; from 1 on one for each request and for the steps of loading.
    package var verboseLevel: UInt32 = 0
    package var timeForm = TimeForm.milliseconds
    /// Whether each request leaves a line, whatever the levels say.
    package var writesAccess = false

    /// The settings of a server that was told its least level.
    package init(level: EventLog.Level = .info, writesAccess: Bool = false) {
        writesInfo = level <= .info
        writesWarnings = level <= .warning
        writesErrors = level <= .error
        verboseLevel = level <= .debug ? 1 : 0
        self.writesAccess = writesAccess
    }

    /// Whether events of a level are written.
    func writes(_ level: EventLog.Level) -> Bool {
        switch level {
        case .debug: verboseLevel > 0
        case .info: writesInfo
        case .warning: writesWarnings
        case .error: writesErrors
        }
    }
}

extension LogSettings {
    private static let infoBit: UInt64 = 1
    private static let warningBit: UInt64 = 2
    private static let errorBit: UInt64 = 4
    private static let secondsBit: UInt64 = 8
    private static let accessBit: UInt64 = 16
    private static let verboseShift: UInt64 = 32

    /// The settings in one word.
    var bits: UInt64 {
        var bits = UInt64(verboseLevel) << Self.verboseShift
        if writesInfo { bits |= Self.infoBit }
        if writesWarnings { bits |= Self.warningBit }
        if writesErrors { bits |= Self.errorBit }
        if timeForm == .seconds { bits |= Self.secondsBit }
        if writesAccess { bits |= Self.accessBit }
        return bits
    }

    init(bits: UInt64) {
        writesInfo = bits & Self.infoBit != 0
        writesWarnings = bits & Self.warningBit != 0
        writesErrors = bits & Self.errorBit != 0
        timeForm = bits & Self.secondsBit != 0 ? .seconds : .milliseconds
        writesAccess = Self.writesAccess(bits)
        verboseLevel = UInt32(truncatingIfNeeded: bits >> Self.verboseShift)
    }

    /// Whether a word of settings asks for a line per request.
    static func writesAccess(_ bits: UInt64) -> Bool { bits & accessBit != 0 }

    /// Whether a word of settings asks for lines of level debug.
    static func writesDebug(_ bits: UInt64) -> Bool { bits >> verboseShift != 0 }
}
