import Glibc

extension Span where Element == UInt8 {
    /// An integer whose bytes begin at an offset, lowest first.
    ///
    /// It is inlinable because binary tensors are read one element at a time in other modules.
    ///
    /// - Precondition: the integer's bytes lie within the span.
    @inlinable
    package func littleEndian<Integer: FixedWidthInteger & BitwiseCopyable>(
        _ type: Integer.Type, at offset: Int
    ) -> Integer {
        precondition(offset >= 0 && offset <= count - MemoryLayout<Integer>.size, "the integer lies within the span")
        return unsafe withUnsafeBytes { bytes in
            // The bytes from `offset` on were compared with the count just now.
            unsafe Integer(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Integer.self))
        }
    }
}

extension MutableSpan where Element: BinaryFloatingPoint & BitwiseCopyable {
    /// Replaces all elements by the numbers whose bytes another span holds, lowest byte first.
    ///
    /// - Precondition: there are as many bytes as the elements have.
    package mutating func copyLittleEndian(_ source: Span<UInt8>) {
        precondition(source.count == count * MemoryLayout<Element>.size, "as many bytes as the elements have")
        // x86-64 and arm64 keep floats lowest byte first. The source is borrowed and this span is exclusive, so they do
        // not overlap, and the number of bytes was compared just now.
        unsafe withUnsafeMutableBytes { target in
            unsafe source.withUnsafeBytes { bytes in
                if let from = bytes.baseAddress, let to = target.baseAddress {
                    unsafe _ = memcpy(to, from, bytes.count)
                }
            }
        }
    }
}
