/// The types that a JSON number can be rounded to before it becomes a feature in float32.
package enum JSONNumberType: Equatable, Sendable {
    /// The nearest float32 of the decimal itself.
    case float32
    /// The nearest float64 of the decimal, and the nearest float32 of that.
    case float64
    /// The nearest IEEE half; every half is a float32.
    case float16
    /// The nearest bfloat16; every one of them is a float32.
    case bfloat16
    /// An integer of so many bits, and the nearest float32 of it.
    case signedInteger(bits: Int)
    case unsignedInteger(bits: Int)
}
