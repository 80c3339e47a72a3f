import LinuxSystem

/// What other tracing systems have written into the request's field `tracestate`, handed on as it is.
///
/// - Source: W3C Trace Context, section 3.3.
package struct TraceState: Equatable, Sendable {
    /// The list's members, joined by commas; empty if there are none.
    package private(set) var text = ""
    private var memberCount = 0
    private var isMalformed = false

    package init() {}

    /// Adds the members of one field; several fields count as one list in their order.
    ///
    /// A list that is not well-formed, or longer than the limits, is dropped as a whole: a part of it could mean
    /// something else.
    package mutating func append(_ value: Span<UInt8>) {
        var start = 0
        for index in 0...value.count where index == value.count || value[index] == UInt8(ascii: ",") {
            appendMember(value, start..<index)
            start = index + 1
        }
        let isTooLong =
            text.utf8.count > TracingLimits.traceStateByteCount || memberCount > TracingLimits.traceStateMembers
        if isTooLong { isMalformed = true }
        if isMalformed { text = "" }
    }

    private mutating func appendMember(_ value: Span<UInt8>, _ range: Range<Int>) {
        var range = range
        while let first = range.first, Self.isBlank(value[first]) { range.removeFirst() }
        while let last = range.last, Self.isBlank(value[last]) { range.removeLast() }
        // Members may be empty, as in other lists of HTTP.
        guard !range.isEmpty, !isMalformed else { return }
        memberCount += 1
        guard memberCount <= TracingLimits.traceStateMembers, Self.isMember(value.extracting(range)) else {
            isMalformed = true
            return
        }
        if !text.isEmpty { text += "," }
        text += value.text(range)
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    private static func isMember(_ member: Span<UInt8>) -> Bool {
        guard let equals = member.indices.first(where: { member[$0] == UInt8(ascii: "=") }) else { return false }
        return isKey(member.extracting(..<equals)) && isValue(member.extracting((equals + 1)...))
    }

    /// `simple-key`, or `tenant-id "@" system-id`.
    private static func isKey(_ key: Span<UInt8>) -> Bool {
        guard let at = key.indices.first(where: { key[$0] == UInt8(ascii: "@") }) else {
            return (1...256).contains(key.count) && isLetter(key[0]) && areKeyBytes(key)
        }
        let tenant = key.extracting(..<at)
        let system = key.extracting((at + 1)...)
        return (1...241).contains(tenant.count) && (isLetter(tenant[0]) || isDigit(tenant[0])) && areKeyBytes(tenant)
            && (1...14).contains(system.count) && isLetter(system[0]) && areKeyBytes(system)
    }

    private static func areKeyBytes(_ bytes: Span<UInt8>) -> Bool {
        bytes.indices.allSatisfy { index in
            switch bytes[index] {
            case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "*"), UInt8(ascii: "/"): true
            default: isLetter(bytes[index]) || isDigit(bytes[index])
            }
        }
    }

    /// Printable, without comma and equals sign; blanks at the end were taken off.
    private static func isValue(_ value: Span<UInt8>) -> Bool {
        (1...256).contains(value.count)
            && value.indices.allSatisfy { index in
                let byte = value[index]
                return (0x20...0x7E).contains(byte) && byte != UInt8(ascii: ",") && byte != UInt8(ascii: "=")
            }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
