package import LinuxSystem

/// One request to another server.
package struct OutgoingRequest: Sendable {
    /// What is to be done with the resource.
    package enum Method: String, Sendable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
        case put = "PUT"
        case delete = "DELETE"
    }

    /// One field of a head.
    package struct Field: Equatable, Sendable {
        package var name: String
        package var value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// What an attempt may cost.
    package struct Limits: Equatable, Sendable {
        /// Until there is a connection, its encryption included.
        package var connectTimeout = Nanoseconds.seconds(5)
        /// Until the answer is complete.
        package var attemptTimeout = Nanoseconds.seconds(30)
        /// Below this rate for `slowTime` an attempt ends.
        package var leastBytesPerSecond = 1
        package var slowTime = Nanoseconds.seconds(20)
        /// Bytes of a successful answer's body.
        package var responseByteCount = OutgoingHTTPLimits.responseByteCount

        package init() {}
    }

    package var method: Method
    package var url: OutgoingURL
    package var fields: [Field]
    package var body: [UInt8]
    package var limits: Limits

    /// Describes a request; a `Content-Type` is sent only if it is among the fields.
    package init(
        _ method: Method, _ url: OutgoingURL, fields: [Field] = [], body: [UInt8] = [], limits: Limits = Limits()
    ) {
        self.method = method
        self.url = url
        self.fields = fields
        self.body = body
        self.limits = limits
    }

    /// The first field that cannot be sent as it is.
    var unusableField: String? {
        if fields.count > OutgoingHTTPLimits.fieldCount { return "number \(OutgoingHTTPLimits.fieldCount + 1)" }
        return fields.first { field in
            let isName =
                !field.name.isEmpty && field.name.utf8.count <= 256
                && field.name.utf8.allSatisfy { byte in
                    switch byte {
                    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                        true
                    default: false
                    }
                }
            let isValue =
                field.value.utf8.count <= OutgoingHTTPLimits.fieldByteCount
                && field.value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
            return !isName || !isValue
        }.map { field in String(field.name.prefix(64).map { $0.isLetter || $0 == "-" ? $0 : "?" }) }
    }
}
