import JSONSyntax

/// Reads a document written in UBJSON: markers of one byte, big-endian numbers, containers with an optional type and
/// count in front.
///
/// A claimed count is compared with the bytes that are left before anything is read, so it costs nothing to refuse.
/// Strings are reported as ranges without escapes; text that is not UTF-8 is repaired when it is decoded.
///
/// - Source: UBJSON draft 12 (ubjson.org). Not read: high-precision numbers, and containers typed with a marker that
///   takes no bytes, whose count nothing could bound.
struct UBJSONDocument: DocumentReader {
    private struct Container {
        var isObject: Bool
        /// Elements to come, or −1 where the container has an end marker.
        var remaining: Int
        /// Marker shared by all elements, or 0.
        var elementMarker: UInt8
        /// In an object: whether a key has been read whose value has not.
        var awaitsValue = false
    }

    private(set) var offset = 0
    private var containers: [Container] = []
    private var isComplete = false

    var depth: Int { containers.count }

    mutating func next(in bytes: Span<UInt8>) throws(TreeEnsembleFault) -> DocumentToken {
        guard let top = containers.last else {
            if !isComplete { return try value(marker: readMarker(in: bytes), in: bytes) }
            guard offset == bytes.count else { throw fault(.malformed("bytes after the end of the document")) }
            return .end
        }
        if top.awaitsValue {
            containers[containers.count - 1].awaitsValue = false
            return try element(of: top, in: bytes)
        }
        if top.remaining == 0 { return close(top) }
        if top.remaining < 0 {
            guard offset < bytes.count else { throw fault(.truncated) }
            if bytes[offset] == UInt8(ascii: top.isObject ? "}" : "]") {
                offset += 1
                return close(top)
            }
        } else {
            containers[containers.count - 1].remaining -= 1
        }
        guard top.isObject else { return try element(of: top, in: bytes) }
        containers[containers.count - 1].awaitsValue = true
        return .key(try readText(in: bytes))
    }

    private mutating func element(of container: Container, in bytes: Span<UInt8>) throws(TreeEnsembleFault)
        -> DocumentToken
    {
        let marker = container.elementMarker == 0 ? try readMarker(in: bytes) : container.elementMarker
        return try value(marker: marker, in: bytes)
    }

    private mutating func close(_ container: Container) -> DocumentToken {
        containers.removeLast()
        valueWasRead()
        return container.isObject ? .endObject : .endArray
    }

    private mutating func valueWasRead() {
        if containers.isEmpty { isComplete = true }
    }

    private mutating func value(marker: UInt8, in bytes: Span<UInt8>) throws(TreeEnsembleFault) -> DocumentToken {
        switch marker {
        case UInt8(ascii: "{"): return try open(isObject: true, in: bytes)
        case UInt8(ascii: "["): return try open(isObject: false, in: bytes)
        default: break
        }
        let token: DocumentToken
        switch marker {
        case UInt8(ascii: "S"): token = .string(try readText(in: bytes))
        case UInt8(ascii: "C"):
            let start = offset
            _ = try readBigEndian(byteCount: 1, in: bytes)
            token = .string(JSONStringRange(range: start..<offset, hasEscapes: false))
        case UInt8(ascii: "T"): token = .bool(true)
        case UInt8(ascii: "F"): token = .bool(false)
        case UInt8(ascii: "Z"): token = .null
        case UInt8(ascii: "d"):
            let bits = UInt32(truncatingIfNeeded: try readBigEndian(byteCount: 4, in: bytes))
            token = .number(.float32(Float(bitPattern: bits)))
        case UInt8(ascii: "D"):
            token = .number(.float64(Double(bitPattern: try readBigEndian(byteCount: 8, in: bytes))))
        default: token = .number(.integer(try readInteger(marker: marker, in: bytes)))
        }
        valueWasRead()
        return token
    }

    /// Reads a container's optional type and count.
    private mutating func open(isObject: Bool, in bytes: Span<UInt8>) throws(TreeEnsembleFault) -> DocumentToken {
        guard containers.count < TreeEnsembleLimits.nesting else {
            throw fault(
                .limit(
                    what: "levels of nesting", value: containers.count + 1, limit: TreeEnsembleLimits.nesting))
        }
        var container = Container(isObject: isObject, remaining: -1, elementMarker: 0)
        if offset < bytes.count && bytes[offset] == UInt8(ascii: "$") {
            offset += 1
            container.elementMarker = try readMarker(in: bytes)
            guard Self.elementByteCount(container.elementMarker) > 0 else {
                throw fault(.malformed("a container of elements without bytes"))
            }
            guard offset < bytes.count && bytes[offset] == UInt8(ascii: "#") else {
                throw fault(offset < bytes.count ? .malformed("a container with a type needs a count") : .truncated)
            }
        }
        if offset < bytes.count && bytes[offset] == UInt8(ascii: "#") {
            offset += 1
            container.remaining = try readCount(in: bytes)
            let leastByteCount =
                container.elementMarker == 0 ? 1 : Self.elementByteCount(container.elementMarker)
            // An object's member also has a key of at least two bytes: the marker and value of its length.
            let (needed, overflow) = container.remaining.multipliedReportingOverflow(
                by: leastByteCount + (isObject ? 2 : 0))
            guard !overflow && needed <= bytes.count - offset else { throw fault(.truncated) }
        }
        containers.append(container)
        return isObject ? .beginObject : .beginArray
    }

    /// The fewest bytes that an element of a typed container takes, its marker not counted.
    private static func elementByteCount(_ marker: UInt8) -> Int {
        switch marker {
        case UInt8(ascii: "i"), UInt8(ascii: "U"), UInt8(ascii: "C"), UInt8(ascii: "["), UInt8(ascii: "{"): 1
        case UInt8(ascii: "I"), UInt8(ascii: "S"): 2
        case UInt8(ascii: "l"), UInt8(ascii: "d"): 4
        case UInt8(ascii: "L"), UInt8(ascii: "D"): 8
        default: 0
        }
    }

    private mutating func readText(in bytes: Span<UInt8>) throws(TreeEnsembleFault) -> JSONStringRange {
        let count = try readCount(in: bytes)
        guard count <= bytes.count - offset else { throw fault(.truncated) }
        defer { offset += count }
        return JSONStringRange(range: offset..<offset + count, hasEscapes: false)
    }

    private mutating func readCount(in bytes: Span<UInt8>) throws(TreeEnsembleFault) -> Int {
        let count = try readInteger(marker: try readMarker(in: bytes), in: bytes)
        guard count >= 0 else { throw fault(.malformed("a negative count")) }
        return Int(count)
    }

    private mutating func readInteger(marker: UInt8, in bytes: Span<UInt8>) throws(TreeEnsembleFault) -> Int64 {
        switch marker {
        case UInt8(ascii: "i"): Int64(Int8(truncatingIfNeeded: try readBigEndian(byteCount: 1, in: bytes)))
        case UInt8(ascii: "U"): Int64(try readBigEndian(byteCount: 1, in: bytes))
        case UInt8(ascii: "I"): Int64(Int16(truncatingIfNeeded: try readBigEndian(byteCount: 2, in: bytes)))
        case UInt8(ascii: "l"): Int64(Int32(truncatingIfNeeded: try readBigEndian(byteCount: 4, in: bytes)))
        case UInt8(ascii: "L"): Int64(bitPattern: try readBigEndian(byteCount: 8, in: bytes))
        default: throw fault(.malformed("byte \(marker) is no marker of UBJSON that can stand here"))
        }
    }

    /// Reads a marker, passing over markers that mean nothing.
    private mutating func readMarker(in bytes: Span<UInt8>) throws(TreeEnsembleFault) -> UInt8 {
        while offset < bytes.count && bytes[offset] == UInt8(ascii: "N") { offset += 1 }
        guard offset < bytes.count else { throw fault(.truncated) }
        defer { offset += 1 }
        return bytes[offset]
    }

    private mutating func readBigEndian(byteCount: Int, in bytes: Span<UInt8>) throws(TreeEnsembleFault) -> UInt64 {
        guard byteCount <= bytes.count - offset else { throw fault(.truncated) }
        var value: UInt64 = 0
        for index in offset..<offset + byteCount { value = value << 8 | UInt64(bytes[index]) }
        offset += byteCount
        return value
    }

    private func fault(_ reason: TreeEnsembleFault.Reason) -> TreeEnsembleFault {
        TreeEnsembleFault(reason, at: offset)
    }
}
