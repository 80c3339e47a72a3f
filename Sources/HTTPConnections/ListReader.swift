/// Takes the elements of a comma-separated field value one by one.
///
/// White space around elements is stripped and empty elements are passed over.
///
/// - Source: RFC 9110 section 5.6.1. Quoted strings are not recognised: no list read here may contain them.
struct ListReader {
    private var position = 0

    /// The range of the next element that is not empty, nothing at the end.
    mutating func next(in value: Span<UInt8>) -> Range<Int>? {
        while position < value.count {
            var start = position
            while position < value.count && value[position] != UInt8(ascii: ",") { position &+= 1 }
            var end = position
            position &+= 1
            while start < end && ASCII.isBlank(value[start]) { start &+= 1 }
            while end > start && ASCII.isBlank(value[end &- 1]) { end &-= 1 }
            if start < end { return start..<end }
        }
        return nil
    }
}
