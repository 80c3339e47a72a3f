/// Reads answers with server-sent events, and remembers where to go on.
///
/// - Source: HTML Living Standard, section 9.2.6, "Interpreting an event stream"; answers are whole, so that no line is
///   cut.
struct EventStreamReader {
    /// The identity of the last event; nil before the first.
    private(set) var lastID: String?

    /// Reads an answer.
    ///
    /// - Returns: the data of its events, in order.
    mutating func read(_ answer: [UInt8]) -> [String] {
        var events: [String] = []
        var data: [String] = []
        for line in String(decoding: answer, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false) {
            if line.isEmpty {
                if !data.isEmpty { events.append(data.joined(separator: "\n")) }
                data = []
            } else if let value = Self.value("data", of: line) {
                data.append(value)
            } else if let value = Self.value("id", of: line), value.allSatisfy({ $0.isASCII && $0.isNumber }) {
                // It becomes a part of the next request's target.
                lastID = value
            }
        }
        return events
    }

    private static func value(_ field: String, of line: Substring) -> String? {
        guard line.hasPrefix(field + ":") else { return nil }
        let value = line.dropFirst(field.count + 1)
        return String(value.hasPrefix(" ") ? value.dropFirst() : value)
    }
}
