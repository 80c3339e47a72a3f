import JSONSyntax

/// Samples as comma-separated values.
///
/// - Source: RFC 4180. The first line names the columns if any of its fields is no number. A field that is empty, or
///   one of `NA`, `NaN`, `nan`, `null`, is a missing value.
extension SampleTable {
    /// Reads a file.
    ///
    /// - Throws: the first thing that is wrong, with its line.
    package static func read(csv bytes: Span<UInt8>) throws(SampleFault) -> SampleTable {
        guard bytes.count <= DriftLimits.sampleByteCount else {
            throw SampleFault("the file has more than \(DriftLimits.sampleByteCount) bytes")
        }
        var reader = CSVReader()
        // A byte order mark says nothing about UTF-8.
        if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { reader.position = 3 }
        var names: [String] = []
        var (columnCount, values): (Int, [Double]) = (0, [])
        while reader.position < bytes.count {
            let line = reader.line
            let fields = try reader.record(bytes)
            // A line without anything is the end of a file, or of a table that somebody has spaced out.
            if fields.count == 1, fields[0].isEmpty { continue }
            let numbers = fields.map { number($0) }
            if columnCount == 0 {
                columnCount = fields.count
                guard columnCount <= DriftLimits.featureCount + 1 else {
                    throw SampleFault(line: line, "more than \(DriftLimits.featureCount) columns")
                }
                if numbers.contains(nil) {
                    names = fields
                    continue
                }
            }
            guard fields.count == columnCount else {
                throw SampleFault(line: line, "\(fields.count) fields, the lines before have \(columnCount)")
            }
            guard values.count / columnCount < DriftLimits.sampleRows else {
                throw SampleFault(line: line, "more than \(DriftLimits.sampleRows) rows")
            }
            for (index, value) in numbers.enumerated() {
                guard let value else {
                    throw SampleFault(line: line, "field \(index + 1), '\(fields[index].prefix(32))', is no number")
                }
                values.append(value)
            }
        }
        guard !values.isEmpty else { throw SampleFault("the file has no rows") }
        return SampleTable(columnNames: names, columnCount: columnCount, values: values)
    }

    /// The number that a field holds; NaN for a missing one, nil for a text.
    private static func number(_ field: String) -> Double? {
        let text = field.trimmed
        switch text {
        case "", "NA", "NaN", "nan", "null": return .nan
        default:
            let bytes = Array(text.utf8.first == UInt8(ascii: "+") ? text.utf8.dropFirst() : text.utf8[...])
            return DecimalText.double(in: bytes.span, bytes.indices)
        }
    }
}

/// Cuts a text into lines, and lines into fields.
private struct CSVReader {
    var position = 0
    /// The line that is read next, counted from 1.
    private(set) var line = 1

    /// Reads one record and what ends it.
    mutating func record(_ bytes: Span<UInt8>) throws(SampleFault) -> [String] {
        let start = position
        var fields: [String] = []
        var field: [UInt8] = []
        var isQuoted = false
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            guard position - start <= DriftLimits.sampleLineByteCount else {
                throw SampleFault(line: line, "a line of more than \(DriftLimits.sampleLineByteCount) bytes")
            }
            if isQuoted {
                if byte == UInt8(ascii: "\n") { line += 1 }
                guard byte == UInt8(ascii: "\"") else {
                    field.append(byte)
                    continue
                }
                if position < bytes.count, bytes[position] == byte {
                    field.append(byte)
                    position += 1
                } else {
                    isQuoted = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\"") where field.isEmpty: isQuoted = true
            case UInt8(ascii: ","):
                fields.append(String(decoding: field, as: UTF8.self))
                field.removeAll(keepingCapacity: true)
            case UInt8(ascii: "\n"):
                line += 1
                return fields + [String(decoding: field, as: UTF8.self)]
            case UInt8(ascii: "\r") where position == bytes.count || bytes[position] == UInt8(ascii: "\n"): break
            default: field.append(byte)
            }
        }
        if isQuoted { throw SampleFault(line: line, "the file ends inside of quotation marks") }
        return fields + [String(decoding: field, as: UTF8.self)]
    }
}

extension String {
    /// Without blanks and tabs around it.
    fileprivate var trimmed: String {
        let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
        var bytes = Array(utf8)[...]
        while let first = bytes.first, isBlank(first) { bytes.removeFirst() }
        while let last = bytes.last, isBlank(last) { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }
}
