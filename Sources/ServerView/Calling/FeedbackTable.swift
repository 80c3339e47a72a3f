import JSONSyntax

/// Labels from a file of comma-separated values, as bodies for a server.
///
/// The first line names the columns: `prediction_id` or `request_id`, `label`, and if wanted `row` and `time`. A label
/// that is a whole number is sent as one; any other is sent as a text.
///
/// - Source: RFC 4180; lines may end with a line feed alone.
package struct FeedbackTable {
    /// How many labels there are.
    package let count: Int
    /// Bodies of at most so many labels each as a server takes.
    package let bodies: [String]

    private static let columns = ["prediction_id", "request_id", "row", "label", "time"]

    /// Reads a file's text.
    ///
    /// - Throws: naming the line and what is wrong with it.
    package init(_ text: String) throws(ViewFault) {
        var lines = LineReader(text)
        guard let head = try lines.next() else { throw ViewFault("the file is empty: its first line names columns") }
        for name in head where !Self.columns.contains(name) {
            throw ViewFault("line 1: there is no column '\(name)': there are \(Self.columns.joined(separator: ", "))")
        }
        guard Set(head).count == head.count else { throw ViewFault("line 1: a column is named twice") }
        guard head.contains("label"), head.contains("prediction_id") != head.contains("request_id") else {
            throw ViewFault("line 1: there must be a column label, and either prediction_id or request_id")
        }
        var items: [String] = []
        while let fields = try lines.next() {
            if fields == [""] { continue }
            guard fields.count == head.count else {
                throw ViewFault("line \(lines.number): \(fields.count) fields, and line 1 names \(head.count)")
            }
            items.append(try Self.item(head, fields, line: lines.number))
        }
        count = items.count
        bodies = stride(from: 0, to: items.count, by: ServerViewLimits.labelsPerCall).map { start in
            let part = items[start..<min(start + ServerViewLimits.labelsPerCall, items.count)]
            return "{\"feedback\":[" + part.joined(separator: ",") + "]}"
        }
    }

    private static func item(_ head: [String], _ fields: [String], line: Int) throws(ViewFault) -> String {
        var members: [String] = []
        for (name, value) in zip(head, fields) {
            switch name {
            case "row":
                guard let row = UInt32(value) else {
                    throw ViewFault("line \(line): row '\(value)' is no whole number from 0 on")
                }
                members.append("\"row\":\(row)")
            case "label": members.append("\"label\":" + (Int64(value).map { "\($0)" } ?? JSONStringText.quoted(value)))
            case "time" where value.isEmpty: break
            default:
                guard !value.isEmpty else { throw ViewFault("line \(line): \(name) is empty") }
                members.append("\"\(name)\":\(JSONStringText.quoted(value))")
            }
        }
        return "{" + members.joined(separator: ",") + "}"
    }
}

/// Takes a text of comma-separated values apart, line by line.
private struct LineReader {
    private var rest: Substring.UnicodeScalarView
    private(set) var number = 0

    init(_ text: String) { rest = text.unicodeScalars[...] }

    /// The fields of the next line; nil at the end.
    mutating func next() throws(ViewFault) -> [String]? {
        guard !rest.isEmpty else { return nil }
        number += 1
        var fields: [String] = []
        while true {
            let (field, end) = try field()
            fields.append(field)
            if end != "," { return fields }
        }
    }

    /// Reads a field and the mark behind it.
    private mutating func field() throws(ViewFault) -> (String, Unicode.Scalar?) {
        var field = String.UnicodeScalarView()
        guard rest.first == "\"" else {
            while let scalar = rest.popFirst() {
                if scalar == "," || scalar == "\n" { return (Self.trimmed(field), scalar) }
                field.append(scalar)
            }
            return (Self.trimmed(field), nil)
        }
        rest.removeFirst()
        while let scalar = rest.popFirst() {
            guard scalar == "\"" else {
                field.append(scalar)
                continue
            }
            if rest.first == "\"" {
                rest.removeFirst()
                field.append("\"")
                continue
            }
            if rest.first == "\r" { rest.removeFirst() }
            guard let end = rest.popFirst() else { return (String(field), nil) }
            guard end == "," || end == "\n" else { break }
            return (String(field), end)
        }
        throw ViewFault("line \(number): a quotation mark has no counterpart at the end of its field")
    }

    /// A carriage return before a line's end belongs to the end.
    private static func trimmed(_ field: String.UnicodeScalarView) -> String {
        String(field.last == "\r" ? String.UnicodeScalarView(field.dropLast()) : field)
    }
}
