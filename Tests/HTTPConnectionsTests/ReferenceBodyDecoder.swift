/// A decoder of chunked bodies that is slow, short and never used in production: it needs the whole body at once.
///
/// It knows no limits, and reads trailers as the reference parser reads fields.
enum ReferenceBodyDecoder {
    enum Outcome: Equatable {
        case incomplete
        case completed([UInt8], byteCount: Int)
        case refused
    }

    static func decode(_ input: [UInt8]) -> Outcome {
        var body: [UInt8] = []
        var rest = input[...]
        while true {
            guard let end = rest.firstIndex(of: 10) else { return .incomplete }
            guard let size = size(text(rest[...end])) else { return .refused }
            rest = rest[(end + 1)...]
            if size == 0 { break }
            if rest.count < size + 2 { return isGoodSoFar(rest.dropFirst(size)) ? .incomplete : .refused }
            body += rest.prefix(size)
            rest = rest.dropFirst(size)
            if rest.prefix(2) != [13, 10] { return .refused }
            rest = rest.dropFirst(2)
        }
        // A trailer is a head without its request line.
        let head = bytes("GET / HTTP/1.0\r\n")
        switch ReferenceRequestParser.parse(head + rest.map { $0 }, interpretsFields: false) {
        case .incomplete: return .incomplete
        case .refused: return .refused
        case .completed(let summary):
            return .completed(body, byteCount: input.count - rest.count + summary.byteCount - head.count)
        }
    }

    private static func isGoodSoFar(_ lineEnd: ArraySlice<UInt8>) -> Bool { lineEnd.isEmpty || lineEnd == [13] }

    /// The size in a line with its end.
    private static func size(_ line: String) -> Int? {
        guard line.unicodeScalars.suffix(2).elementsEqual("\r\n".unicodeScalars) else { return nil }
        let scalars = line.unicodeScalars.dropLast(2)
        let digits = scalars.prefix { ("0"..."9").contains($0) || ("a"..."f").contains($0) || ("A"..."F").contains($0) }
        if digits.isEmpty || digits.count > 16 { return nil }
        guard let size = UInt64(String(digits), radix: 16), size <= 1 << 20 else { return nil }
        let behind = scalars.dropFirst(digits.count)
        if behind.isEmpty { return Int(size) }
        if behind.first(where: { $0 != " " && $0 != "\t" }) != ";" { return nil }
        let isClean = behind.allSatisfy { ($0.value >= 32 && $0.value != 127) || $0 == "\t" }
        return isClean ? Int(size) : nil
    }
}
