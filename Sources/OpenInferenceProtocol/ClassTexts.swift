import LinuxSystem

/// Writes the greatest elements of rows as the texts `value:index` or `value:index:label`.
///
/// Values have six decimals, as C's `%f` prints them, and none if they are integers.
///
/// - Ownership: its memory is used again and again.
/// - Source: Triton's extension_classification.md and `src/classification.cc`.
struct ClassTexts: ~Copyable {
    private var ranking = ClassRanking()
    /// One text.
    private var text = ByteBuffer()
    /// The texts of a binary tensor that have been prepared.
    private(set) var binary = ByteBuffer()

    /// Appends the texts of all rows as JSON strings, separated by commas.
    mutating func appendJSON<Element: Comparable>(
        _ elements: Span<Element>, perRow: Int, count: Int, labels: TextList, to buffer: inout ByteBuffer,
        _ value: (Element, inout ByteBuffer) -> Void
    ) {
        for start in stride(from: 0, to: elements.count, by: perRow) {
            let row = elements.extracting(start..<start + perRow)
            ranking.rank(row, count: count)
            for (place, leader) in ranking.leaders.enumerated() {
                buffer.append(start == 0 && place == 0 ? "\"" : ",\"" as StaticString)
                value(row[Int(leader)], &buffer)
                buffer.append(UInt8(ascii: ":"))
                buffer.appendDecimal(Int(leader))
                labels.appendJSONLabel(Int(leader), to: &buffer)
                buffer.append(UInt8(ascii: "\""))
            }
        }
    }

    /// Prepares the texts of all rows as a BYTES tensor.
    mutating func prepareBinary<Element: Comparable>(
        _ elements: Span<Element>, perRow: Int, count: Int, labels: TextList,
        _ value: (Element, inout ByteBuffer) -> Void
    ) {
        binary.removeAll()
        for start in stride(from: 0, to: elements.count, by: perRow) {
            let row = elements.extracting(start..<start + perRow)
            ranking.rank(row, count: count)
            for leader in ranking.leaders {
                text.removeAll()
                value(row[Int(leader)], &text)
                text.append(UInt8(ascii: ":"))
                text.appendDecimal(Int(leader))
                labels.appendPlainLabel(Int(leader), to: &text)
                Self.append(text, to: &binary)
            }
        }
    }

    /// Appends a text as an element of a BYTES tensor: its length as four little-endian bytes and the text.
    private static func append(_ text: borrowing ByteBuffer, to tensor: inout ByteBuffer) {
        for shift in [0, 8, 16, 24] { tensor.append(UInt8(truncatingIfNeeded: text.count >> shift)) }
        tensor.append(text.bytes)
    }
}
