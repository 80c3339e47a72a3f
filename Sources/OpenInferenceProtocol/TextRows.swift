import LinuxSystem

/// The texts of a request's rows, one for each, end to end.
///
/// - Isolation: one thread at a time.
/// - Complexity: allocates only while it outgrows what it has held before.
package struct TextRows: ~Copyable, Sendable {
    private var bytes: [UInt8] = []
    /// Where each text ends.
    private var ends: [Int] = []

    init() {}

    package var count: Int { ends.count }

    /// Bytes of all texts.
    package var byteCount: Int { ends.last ?? 0 }

    func byteCount(ofRow row: Int) -> Int { ends[row] - (row == 0 ? 0 : ends[row - 1]) }

    /// Forgets all texts but the first ones.
    mutating func removeAll(behind count: Int = 0) {
        if count < ends.count { ends.removeLast(ends.count - count) }
        // A text may have been left unfinished.
        bytes.removeLast(bytes.count - byteCount)
    }

    mutating func append(_ text: Span<UInt8>) {
        bytes.reserveCapacity(bytes.count + text.count)
        for index in text.indices { bytes.append(text[index]) }
        ends.append(bytes.count)
    }

    /// Adds a byte to the text that `endText` ends.
    mutating func append(_ byte: UInt8) { bytes.append(byte) }

    mutating func endText() { ends.append(bytes.count) }

    mutating func append(_ other: borrowing TextRows) {
        let start = bytes.count
        bytes += other.bytes
        for end in other.ends { ends.append(start + end) }
    }

    /// Lends the text of a row.
    package func withText(_ row: Int, _ body: (Span<UInt8>) -> Void) {
        let first = row == 0 ? 0 : ends[row - 1]
        body(bytes.span.extracting(first..<ends[row]))
    }
}
