import LinuxSystem

/// What only the fields of HTTP/2 tell.
extension HTTPRequestHead {
    /// Adds a field behind those that are there.
    ///
    /// - Returns: the fault if the field leaves the framing in doubt.
    /// - Precondition: there is room for one more.
    mutating func addField(_ field: Field, in bytes: Span<UInt8>) -> HTTPFault? {
        precondition(fieldCount < HTTPLimits.fieldCount, "the limit of fields was looked at")
        fields[fieldCount] = field
        fieldCount &+= 1
        return fieldReceived(field, in: bytes)
    }

    /// Takes the value of `:path`: a path with an optional query, or `*` for `OPTIONS`.
    mutating func targetReceived(_ range: Range<Int>, in bytes: Span<UInt8>) -> HTTPFault? {
        var pathEnd = range.upperBound
        for index in range {
            let byte = bytes[index]
            if byte == UInt8(ascii: "#") { return .fragmentInTarget }
            if byte < 0x21 || byte > 0x7e { return .malformedTarget }
            if byte == UInt8(ascii: "?"), pathEnd == range.upperBound { pathEnd = index }
        }
        pathRange = range.lowerBound..<pathEnd
        queryRange = min(pathEnd + 1, range.upperBound)..<range.upperBound
        let isAsterisk = range.count == 1 && bytes[range.lowerBound] == UInt8(ascii: "*")
        guard isAsterisk || !range.isEmpty && bytes[range.lowerBound] == UInt8(ascii: "/") else {
            return .malformedTarget
        }
        return nil
    }

    /// Looks whether a request is a call of gRPC: `application/grpc` alone or with a format or parameters behind it.
    ///
    /// - Source: the protocol description of gRPC over HTTP/2, section "Requests".
    mutating func contentTypeReceived(_ value: Span<UInt8>) {
        let name: StaticString = "application/grpc"
        let count = name.utf8CodeUnitCount
        guard value.count >= count, value.matches(0..<count, name) else { return }
        isGRPC = value.count == count || value[count] == UInt8(ascii: "+") || value[count] == UInt8(ascii: ";")
    }
}
