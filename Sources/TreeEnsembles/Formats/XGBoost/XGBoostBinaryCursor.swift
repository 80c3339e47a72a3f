import LinuxSystem

/// Reads XGBoost's binary model part by part: little-endian numbers, and texts behind their lengths.
struct XGBoostBinaryCursor {
    private(set) var offset: Int

    /// A signed integer.
    mutating func int32(in bytes: Span<UInt8>) throws(TreeEnsembleFault) -> Int {
        Int(try read(Int32.self, in: bytes))
    }

    /// An unsigned integer.
    mutating func uint32(in bytes: Span<UInt8>) throws(TreeEnsembleFault) -> UInt32 {
        try read(UInt32.self, in: bytes)
    }

    /// A float32.
    mutating func float(in bytes: Span<UInt8>) throws(TreeEnsembleFault) -> Float {
        Float(bitPattern: try read(UInt32.self, in: bytes))
    }

    /// Passes bytes over.
    mutating func skip(_ byteCount: Int, in bytes: Span<UInt8>) throws(TreeEnsembleFault) {
        guard byteCount <= bytes.count - offset else { throw TreeEnsembleFault(.truncated, at: bytes.count) }
        offset += byteCount
    }

    /// The number of elements that follow, each of which takes some bytes at least.
    mutating func count(elementByteCount: Int, in bytes: Span<UInt8>) throws(TreeEnsembleFault) -> Int {
        let count = try read(UInt64.self, in: bytes)
        guard count <= UInt64((bytes.count - offset) / elementByteCount) else {
            throw TreeEnsembleFault(.truncated, at: bytes.count)
        }
        return Int(count)
    }

    /// A text.
    mutating func text(in bytes: Span<UInt8>) throws(TreeEnsembleFault) -> Range<Int> {
        let length = try count(elementByteCount: 1, in: bytes)
        offset += length
        return offset - length..<offset
    }

    private mutating func read<Integer: FixedWidthInteger & BitwiseCopyable>(
        _ type: Integer.Type, in bytes: Span<UInt8>
    ) throws(TreeEnsembleFault) -> Integer {
        let start = offset
        try skip(MemoryLayout<Integer>.size, in: bytes)
        return bytes.littleEndian(type, at: start)
    }
}
