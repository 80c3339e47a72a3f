import LinuxSystem

/// The parameters of a request's query, in order: a name may come again.
///
/// - Source: WHATWG URL Standard, `application/x-www-form-urlencoded` parsing: a plus sign is a blank.
struct QueryParameters {
    private let pairs: [(name: String, value: String)]

    /// Reads what stands behind the question mark.
    init(_ query: Span<UInt8>) {
        var pairs: [(name: String, value: String)] = []
        var start = 0
        while start < query.count {
            var end = start
            while end < query.count, query[end] != UInt8(ascii: "&") { end += 1 }
            var equals = start
            while equals < end, query[equals] != UInt8(ascii: "=") { equals += 1 }
            if end > start {
                let value = equals < end ? Self.decoded(query, (equals + 1)..<end) : ""
                pairs.append((name: Self.decoded(query, start..<equals), value: value))
            }
            start = end + 1
        }
        self.pairs = pairs
    }

    private static func decoded(_ query: Span<UInt8>, _ range: Range<Int>) -> String {
        let blanks = range.map { query[$0] == UInt8(ascii: "+") ? 0x20 : query[$0] }
        return ResourceAnswers.decoded(blanks.span, blanks.indices)
    }

    /// The names, in order.
    var names: [String] { pairs.map(\.name) }

    /// The last value of a name; nil if it is not given.
    subscript(_ name: String) -> String? { pairs.last { $0.name == name }?.value }

    /// All values of a name.
    func all(_ name: String) -> [String] { pairs.filter { $0.name == name }.map(\.value) }
}
