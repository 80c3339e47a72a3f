/// Writes what happens to standard error, one line per event.
package final class EventLog: Sendable {
    /// How much an event matters.
    package enum Level: String, Sendable, CaseIterable, Comparable {
        case debug, info, warning, error

        package static func < (lower: Level, higher: Level) -> Bool {
            lower.severity < higher.severity
        }

        private var severity: Int {
            switch self {
            case .debug: 0
            case .info: 1
            case .warning: 2
            case .error: 3
            }
        }
    }

    /// Whom a line is for.
    package enum Format: String, Sendable, CaseIterable {
        /// People: time, level, sentence, facts.
        case text
        /// Machines: one JSON object.
        case json
    }

    /// The least level that is written.
    package let level: Level
    private let format: Format

    /// Makes a log that writes to standard error.
    package init(level: Level, format: Format) {
        self.level = level
        self.format = format
    }

    /// Writes one event.
    package func write(_ level: Level, _ event: StaticString, _ fields: EventField...) {
        guard level >= self.level else { return }
    }

    /// Counts a client's fault and writes it unless the same kind has filled its share of this second.
    package func clientFault(_ kind: StaticString, _ fields: EventField...) {
    }
}
