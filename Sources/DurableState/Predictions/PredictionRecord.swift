package import LinuxSystem

/// What is kept of one row that was predicted, until its truth becomes known or it is overwritten.
///
/// - Layout: 64 bytes, little-endian, in the order of the properties; the sequence number is one higher, so that zeros
///   are no record.
package struct PredictionRecord: Equatable, Sendable {
    /// The row's number among all of its model.
    package var sequence: UInt64 = 0
    /// Nanoseconds since 1970.
    package var time: Int64 = 0
    /// Of the request's identity; 0 if it has none.
    package var requestHash: UInt64 = 0
    /// Of the sticky key; 0 if the request named no split.
    package var keyHash: UInt64 = 0
    /// Of the names of the split and of its variant; 0 without a split.
    package var splitHash: UInt32 = 0
    package var variantHash: UInt32 = 0
    package var modelVersion: Int32 = 0
    /// The number of the class.
    package var predicted: Int32 = 0
    /// Of class 1; NaN if the model says nothing of the kind.
    package var probability: Float = .nan
    /// The number of the true class, where it is known.
    package var label: Int32 = 0
    /// The row's place in its request.
    package var row: UInt32 = 0
    /// Whether the row counts as an anomaly.
    package var fires = false
    package var isLabelled = false

    /// Nothing.
    package init() {}

    /// Bytes of a record.
    package static let byteCount = 64

    private static let firing: UInt32 = 1
    private static let labelled: UInt32 = 2

    /// Appends the record.
    package func append(to buffer: inout ByteBuffer) {
        buffer.append(
            limit: Self.byteCount,
            written: { (space: inout MutableSpan<UInt8>) in
                Self.put(sequence &+ 1, at: 0, in: &space)
                Self.put(UInt64(bitPattern: time), at: 8, in: &space)
                Self.put(requestHash, at: 16, in: &space)
                Self.put(keyHash, at: 24, in: &space)
                Self.put(splitHash, at: 32, in: &space)
                Self.put(variantHash, at: 36, in: &space)
                Self.put(UInt32(bitPattern: modelVersion), at: 40, in: &space)
                Self.put(UInt32(bitPattern: predicted), at: 44, in: &space)
                Self.put(probability.bitPattern, at: 48, in: &space)
                Self.put(UInt32(bitPattern: label), at: 52, in: &space)
                Self.put(row, at: 56, in: &space)
                Self.put((fires ? Self.firing : 0) | (isLabelled ? Self.labelled : 0), at: 60, in: &space)
                return Self.byteCount
            })
    }

    @inline(__always)
    private static func put<Word: FixedWidthInteger & UnsignedInteger>(
        _ value: Word, at offset: Int, in space: inout MutableSpan<UInt8>
    ) {
        for index in 0..<Word.bitWidth / 8 {
            space[offset + index] = UInt8(truncatingIfNeeded: value >> (index * 8))
        }
    }

    /// Reads a record; nil where none was written.
    ///
    /// - Precondition: there are 64 bytes from the offset on.
    package init?(in bytes: Span<UInt8>, at offset: Int) {
        let stored = bytes.littleEndian(UInt64.self, at: offset)
        guard stored != 0 else { return nil }
        sequence = stored &- 1
        time = Int64(bitPattern: bytes.littleEndian(UInt64.self, at: offset + 8))
        requestHash = bytes.littleEndian(UInt64.self, at: offset + 16)
        keyHash = bytes.littleEndian(UInt64.self, at: offset + 24)
        splitHash = bytes.littleEndian(UInt32.self, at: offset + 32)
        variantHash = bytes.littleEndian(UInt32.self, at: offset + 36)
        modelVersion = Int32(bitPattern: bytes.littleEndian(UInt32.self, at: offset + 40))
        predicted = Int32(bitPattern: bytes.littleEndian(UInt32.self, at: offset + 44))
        probability = Float(bitPattern: bytes.littleEndian(UInt32.self, at: offset + 48))
        label = Int32(bitPattern: bytes.littleEndian(UInt32.self, at: offset + 52))
        row = bytes.littleEndian(UInt32.self, at: offset + 56)
        let flags = bytes.littleEndian(UInt32.self, at: offset + 60)
        fires = flags & Self.firing != 0
        isLabelled = flags & Self.labelled != 0
    }
}
