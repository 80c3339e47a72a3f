import LinuxSystem

/// Reads the scalars and arrays of a Treelite checkpoint one behind the other.
///
/// - Layout: little-endian, not aligned; an array is its count as 64-bit integer and its elements, a string an array of
///   bytes.
struct TreeliteCursor {
    /// An array's place in the file.
    struct Elements {
        var start: Int
        var count: Int
        var width: Int

        /// Where an element begins.
        func offset(of index: Int) -> Int { start + index * width }
    }

    private(set) var offset = 0

    /// The next integer.
    mutating func integer<Integer: FixedWidthInteger & BitwiseCopyable>(
        _ type: Integer.Type, in bytes: Span<UInt8>
    ) throws(TreeEnsembleFault) -> Integer {
        try skip(MemoryLayout<Integer>.size, in: bytes)
        return bytes.littleEndian(Integer.self, at: offset - MemoryLayout<Integer>.size)
    }

    /// The next float32.
    mutating func float(in bytes: Span<UInt8>) throws(TreeEnsembleFault) -> Float {
        Float(bitPattern: try integer(UInt32.self, in: bytes))
    }

    /// The next truth value, a byte.
    mutating func truth(in bytes: Span<UInt8>) throws(TreeEnsembleFault) -> Bool {
        switch try integer(UInt8.self, in: bytes) {
        case 0: return false
        case 1: return true
        default: throw TreeEnsembleFault(.expected("0 or 1"), at: offset - 1)
        }
    }

    /// The next array, all of which is in the file.
    ///
    /// - Parameter width: bytes of an element.
    mutating func array(ofWidth width: Int, in bytes: Span<UInt8>) throws(TreeEnsembleFault) -> Elements {
        let count = try integer(UInt64.self, in: bytes)
        guard count <= UInt64((bytes.count - offset) / width) else {
            throw TreeEnsembleFault(.truncated, at: offset)
        }
        let elements = Elements(start: offset, count: Int(count), width: width)
        offset += elements.count * width
        return elements
    }

    /// The next array of 32-bit integers.
    mutating func integers(in bytes: Span<UInt8>) throws(TreeEnsembleFault) -> [Int32] {
        let elements = try array(ofWidth: 4, in: bytes)
        return (0..<elements.count).map { bytes.littleEndian(Int32.self, at: elements.offset(of: $0)) }
    }

    /// The next string.
    mutating func string(in bytes: Span<UInt8>) throws(TreeEnsembleFault) -> String {
        let elements = try array(ofWidth: 1, in: bytes)
        guard elements.count <= TreeEnsembleLimits.nameByteCount else {
            throw TreeEnsembleFault(
                .limit(what: "bytes of a name", value: elements.count, limit: TreeEnsembleLimits.nameByteCount),
                at: elements.start)
        }
        return bytes.text(elements.start..<offset)
    }

    /// Passes over bytes.
    mutating func skip(_ byteCount: Int, in bytes: Span<UInt8>) throws(TreeEnsembleFault) {
        guard byteCount <= bytes.count - offset else { throw TreeEnsembleFault(.truncated, at: bytes.count) }
        offset += byteCount
    }

    /// The number of optional fields, of which no version writes any.
    mutating func checkNoOptionalFields(in bytes: Span<UInt8>) throws(TreeEnsembleFault) {
        let count = try integer(Int32.self, in: bytes)
        guard count == 0 else {
            throw TreeEnsembleFault(.unsupported("a checkpoint with \(count) optional fields"), at: offset - 4)
        }
    }
}
