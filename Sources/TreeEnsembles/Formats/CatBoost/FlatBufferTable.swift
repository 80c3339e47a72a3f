import LinuxSystem

/// One table of a flatbuffer: where it stands and where its fields do.
///
/// A table is a position, not a view; every access takes the file's bytes and is checked against their end. Tables may
/// share parts, so whoever follows references from many places must bound the work done.
///
/// - Layout: little-endian; a table begins with the distance back to its vtable, which lists the offsets of fields
///   within the table, 0 for an absent one; strings, vectors and tables are reached by distances forward.
/// - Source: FlatBuffers internals (flatbuffers.dev/internals).
struct FlatBufferTable {
    private let position: Int
    private let fieldTable: Int
    private let fieldCount: Int

    /// The table that stands at a position.
    init(at position: Int, in bytes: Span<UInt8>) throws(TreeEnsembleFault) {
        self.position = position
        let distance = Int(Int32(truncatingIfNeeded: try Self.read(4, at: position, in: bytes)))
        fieldTable = position - distance
        let byteCount = Int(try Self.read(2, at: fieldTable, in: bytes))
        guard byteCount >= 4 else {
            throw TreeEnsembleFault(.malformed("a table description without length"), at: fieldTable)
        }
        fieldCount = (byteCount - 4) / 2
    }

    /// The table to which the reference at a position points.
    init(referredFrom position: Int, in bytes: Span<UInt8>) throws(TreeEnsembleFault) {
        try self.init(at: try Self.target(of: position, in: bytes), in: bytes)
    }

    /// Position of a field's value, or nil if it is absent.
    func position(ofField field: Int, in bytes: Span<UInt8>) throws(TreeEnsembleFault) -> Int? {
        guard field < fieldCount else { return nil }
        let offset = Int(try Self.read(2, at: fieldTable + 4 + 2 * field, in: bytes))
        return offset == 0 ? nil : position + offset
    }

    /// A 32-bit integer.
    func int32(_ field: Int, default: Int32, in bytes: Span<UInt8>) throws(TreeEnsembleFault) -> Int32 {
        guard let place = try position(ofField: field, in: bytes) else { return `default` }
        return Int32(truncatingIfNeeded: try Self.read(4, at: place, in: bytes))
    }

    /// An 8-bit integer.
    func uint8(_ field: Int, default: UInt8, in bytes: Span<UInt8>) throws(TreeEnsembleFault) -> UInt8 {
        guard let place = try position(ofField: field, in: bytes) else { return `default` }
        return UInt8(truncatingIfNeeded: try Self.read(1, at: place, in: bytes))
    }

    /// A float64, or nil if it is absent.
    func double(_ field: Int, in bytes: Span<UInt8>) throws(TreeEnsembleFault) -> Double? {
        guard let place = try position(ofField: field, in: bytes) else { return nil }
        return Double(bitPattern: try Self.read(8, at: place, in: bytes))
    }

    /// The table that a field refers to, or nil if it is absent.
    func table(_ field: Int, in bytes: Span<UInt8>) throws(TreeEnsembleFault) -> FlatBufferTable? {
        guard let place = try position(ofField: field, in: bytes) else { return nil }
        return try FlatBufferTable(referredFrom: place, in: bytes)
    }

    /// The bytes of a string, or nil if it is absent.
    func string(_ field: Int, in bytes: Span<UInt8>) throws(TreeEnsembleFault) -> Range<Int>? {
        try vector(field, elementByteCount: 1, in: bytes)
    }

    /// The bytes of a vector's elements, or nil if it is absent.
    func vector(
        _ field: Int, elementByteCount: Int, in bytes: Span<UInt8>
    ) throws(TreeEnsembleFault) -> Range<Int>? {
        guard let place = try position(ofField: field, in: bytes) else { return nil }
        let start = try Self.target(of: place, in: bytes)
        let byteCount = Int(try Self.read(4, at: start, in: bytes)) * elementByteCount
        guard byteCount <= bytes.count - start - 4 else { throw TreeEnsembleFault(.truncated, at: start) }
        return start + 4..<start + 4 + byteCount
    }

    /// The positions of a vector of references, for `init(referredFrom:)`.
    func references(_ field: Int, in bytes: Span<UInt8>) throws(TreeEnsembleFault) -> StrideTo<Int> {
        let range = try vector(field, elementByteCount: 4, in: bytes) ?? 0..<0
        return stride(from: range.lowerBound, to: range.upperBound, by: 4)
    }

    /// Follows the reference at a position.
    static func target(of position: Int, in bytes: Span<UInt8>) throws(TreeEnsembleFault) -> Int {
        position + Int(try read(4, at: position, in: bytes))
    }

    /// Reads a little-endian number of up to eight bytes.
    static func read(
        _ byteCount: Int, at position: Int, in bytes: Span<UInt8>
    ) throws(TreeEnsembleFault) -> UInt64 {
        guard position >= 0 && byteCount <= bytes.count - position else {
            throw TreeEnsembleFault(.truncated, at: min(max(position, 0), bytes.count))
        }
        var value: UInt64 = 0
        for index in (position..<position + byteCount).reversed() { value = value << 8 | UInt64(bytes[index]) }
        return value
    }
}
