import JSONSyntax

/// What a feature is kept as: float32, or float64 for models that compare doubles.
protocol FeatureElement: BinaryFloatingPoint, BitwiseCopyable {
    /// The datatype whose binary form is the element's own.
    static var datatype: Datatype { get }

    /// Reads the numbers of an array; see `JSONNumberArray.read`.
    static func readNumbers(
        _ type: JSONNumberType, in bytes: Span<UInt8>, at cursor: inout JSONCursor,
        into values: inout MutableSpan<Self>,
        from first: Int, stride: Int
    ) -> Int

    /// Reads one number: rounded to the tensor's type, then to the element's, if that is narrower.
    static func number(
        _ type: JSONNumberType, in bytes: Span<UInt8>, _ range: Range<Int>
    ) throws(JSONFault) -> Self
}

extension Float: FeatureElement {
    static var datatype: Datatype { .float32 }

    @inline(__always)
    static func readNumbers(
        _ type: JSONNumberType, in bytes: Span<UInt8>, at cursor: inout JSONCursor,
        into values: inout MutableSpan<Float>, from first: Int, stride: Int
    ) -> Int {
        JSONNumberArray.read(type, in: bytes, at: &cursor, into: &values, from: first, stride: stride)
    }

    static func number(
        _ type: JSONNumberType, in bytes: Span<UInt8>, _ range: Range<Int>
    ) throws(JSONFault) -> Float {
        try JSONNumber.float(type, in: bytes, range)
    }
}

extension Double: FeatureElement {
    static var datatype: Datatype { .float64 }

    @inline(__always)
    static func readNumbers(
        _ type: JSONNumberType, in bytes: Span<UInt8>, at cursor: inout JSONCursor,
        into values: inout MutableSpan<Double>, from first: Int, stride: Int
    ) -> Int {
        JSONNumberArray.read(type, in: bytes, at: &cursor, into: &values, from: first, stride: stride)
    }

    static func number(
        _ type: JSONNumberType, in bytes: Span<UInt8>, _ range: Range<Int>
    ) throws(JSONFault) -> Double {
        try JSONNumber.double(type, in: bytes, range)
    }
}
