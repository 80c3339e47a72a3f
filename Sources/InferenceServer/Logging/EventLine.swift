import LinuxSystem
import OpenInferenceProtocol

/// One line of the log while it is composed.
///
/// Texts come from clients and files too, so nothing in them may end the line, move a terminal's cursor or reorder
/// what a person reads: control characters, line separators and writing-direction marks are escaped as in JSON, and
/// what is too long is cut and marked.
///
/// - Source: RFC 8259 section 7 (escapes), RFC 3339 (time), Unicode TR 9 (direction marks).
struct EventLine: ~Copyable {
    private let format: EventLog.Format
    private(set) var bytes = ByteBuffer(capacity: EventLogLimits.lineByteCount)
    private var isCut = false

    /// What follows the last field: the mark for fields that had no room, the closing brace and the newline.
    private static let tailByteCount = 24

    init(format: EventLog.Format) {
        self.format = format
    }

    /// Starts a line and forgets the one before.
    ///
    /// - Units: nanoseconds since 1970, UTC.
    /// - Parameter afterNewline: whether a newline goes first, to end a line that left only in part.
    mutating func begin(
        _ level: EventLog.Level, _ event: StaticString, at nanoseconds: Int64,
        timeForm: LogSettings.TimeForm = .milliseconds, afterNewline: Bool = false
    ) {
        bytes.removeAll()
        if afterNewline { bytes.append("\n" as StaticString) }
        isCut = false
        switch format {
        case .text:
            appendTimestamp(nanoseconds, timeForm)
            switch level {
            case .debug: bytes.append(" DEBUG ")
            case .info: bytes.append(" INFO  ")
            case .warning: bytes.append(" WARN  ")
            case .error: bytes.append(" ERROR ")
            }
            bytes.append(event)
        case .json:
            bytes.append("{\"time\":\"")
            appendTimestamp(nanoseconds, timeForm)
            bytes.append("\",\"level\":\"")
            bytes.append(level.rawValue)
            bytes.append("\",\"event\":")
            appendQuoted("\(event)")
        }
    }

    /// Makes the line nothing but a command of plain ASCII.
    mutating func begin(command: String) {
        bytes.removeAll()
        isCut = false
        bytes.append(command)
        bytes.append("\n" as StaticString)
    }

    /// Adds a field, or marks the line as cut when the field has no room.
    mutating func append(_ field: EventField) {
        let before = bytes.count
        switch format {
        case .text:
            bytes.append(" ")
            bytes.append(field.name)
            bytes.append("=")
        case .json:
            bytes.append(",\"")
            bytes.append(field.name)
            bytes.append("\":")
        }
        append(field.value)
        if bytes.count > EventLogLimits.lineByteCount - Self.tailByteCount {
            bytes.removeLast(bytes.count - before)
            isCut = true
        }
    }

    /// Ends the line.
    mutating func end() {
        switch format {
        case .text:
            bytes.append(isCut ? " cut=true\n" : "\n")
        case .json:
            bytes.append(isCut ? ",\"cut\":true}\n" : "}\n")
        }
        precondition(bytes.count <= EventLogLimits.lineByteCount, "a log line is bounded")
    }

    private mutating func append(_ value: EventField.Value) {
        switch value {
        case .text(let text) where format == .text && Self.isPlain(text): bytes.append(text)
        case .text(let text): appendQuoted(text)
        case .integer(let integer): bytes.appendDecimal(integer)
        case .number(let number) where number.isFinite: bytes.append(number.description)
        case .number: bytes.append("null")
        case .flag(true): bytes.append("true")
        case .flag(false): bytes.append("false")
        }
    }

    /// Whether a text reads unambiguously without quotes.
    private static func isPlain(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= EventLogLimits.textByteCount
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "-")...UInt8(ascii: ":"), UInt8(ascii: "_"), UInt8(ascii: "+"), UInt8(ascii: "%"):
                    true
                default: false
                }
            }
    }

    private mutating func appendQuoted(_ text: String) {
        bytes.append("\"")
        var taken = 0
        for scalar in text.unicodeScalars {
            taken += UTF8.width(scalar)
            if taken > EventLogLimits.textByteCount {
                bytes.append("…")
                break
            }
            appendEscaped(scalar)
        }
        bytes.append("\"")
    }

    private mutating func appendEscaped(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "\"": bytes.append("\\\"")
        case "\\": bytes.append("\\\\")
        case "\n": bytes.append("\\n")
        case "\r": bytes.append("\\r")
        case "\t": bytes.append("\\t")
        case "\u{0}"..<"\u{20}", "\u{7F}"..."\u{9F}", "\u{200E}"..."\u{200F}", "\u{2028}"..."\u{202E}",
            "\u{2066}"..."\u{2069}":
            bytes.append("\\u")
            for shift in [12, 8, 4, 0] as [UInt32] {
                let digit = UInt8(truncatingIfNeeded: (scalar.value >> shift) & 15)
                bytes.append(digit < 10 ? digit + UInt8(ascii: "0") : digit - 10 + UInt8(ascii: "a"))
            }
        default:
            for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
                bytes.append(byte)
            }
        }
    }

    /// Writes year-month-dayThour:minute:second.millisecondZ, or the same without milliseconds.
    private mutating func appendTimestamp(_ nanoseconds: Int64, _ form: LogSettings.TimeForm) {
        let time = CivilTime(nanosecondsSince1970: nanoseconds)
        appendPadded(time.year, digits: 4)
        bytes.append("-")
        appendPadded(time.month, digits: 2)
        bytes.append("-")
        appendPadded(time.day, digits: 2)
        bytes.append("T")
        appendPadded(time.hour, digits: 2)
        bytes.append(":")
        appendPadded(time.minute, digits: 2)
        bytes.append(":")
        appendPadded(time.second, digits: 2)
        if form == .milliseconds {
            bytes.append(".")
            appendPadded(time.millisecond, digits: 3)
        }
        bytes.append("Z")
    }

    private mutating func appendPadded(_ number: Int, digits: Int) {
        var bound = 10
        for _ in 1..<digits {
            if number < bound { bytes.append("0") }
            bound *= 10
        }
        bytes.appendDecimal(number)
    }
}
