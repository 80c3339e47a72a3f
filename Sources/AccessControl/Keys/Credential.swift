import LinuxSystem

/// What a request shows as its right: one secret, none, or too many to tell which is meant.
///
/// A field `x-api-key` wins over `Authorization`, which a proxy may have taken for itself.
///
/// - Units: ranges are offsets into the bytes that the fields lie in.
package enum Credential: Equatable, Sendable {
    case none
    case one(Range<Int>)
    case several

    /// Gathers the fields of a request.
    ///
    /// - Isolation: does not allocate.
    package struct Reader: Sendable {
        private var fromKeyField = Credential.none
        private var fromAuthorization = Credential.none

        package init() {}

        /// Takes note of a field.
        ///
        /// - Parameter name: in any case.
        /// - Parameter value: without the blanks around it.
        package mutating func fieldReceived(_ name: Range<Int>, _ value: Range<Int>, in bytes: Span<UInt8>) {
            switch name.count {
            case 9 where bytes.extracting(name).equalsFolded("x-api-key"):
                fromKeyField = fromKeyField == .none ? .one(value) : .several
            case 13 where bytes.extracting(name).equalsFolded("authorization"):
                guard let token = Credential.bearerToken(bytes, value) else { return }
                fromAuthorization = fromAuthorization == .none ? .one(token) : .several
            default: break
            }
        }

        /// What all fields together show.
        package var credential: Credential { fromKeyField == .none ? fromAuthorization : fromKeyField }

    }

    /// What stands behind `Bearer` in the value of a field; nil for another scheme, which is not for us.
    ///
    /// - Source: RFC 6750 section 2.1; RFC 9110 section 11.1: the scheme's case does not count.
    package static func bearerToken(_ bytes: Span<UInt8>, _ value: Range<Int>) -> Range<Int>? {
        let scheme = value.lowerBound..<min(value.lowerBound + 7, value.upperBound)
        guard bytes.extracting(scheme).equalsFolded("bearer ") else { return nil }
        var start = scheme.upperBound
        while start < value.upperBound, bytes[start] == 0x20 { start += 1 }
        return start..<value.upperBound
    }
}
