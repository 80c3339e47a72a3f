/// Which parts of the protocol need a certain field with a certain value.
///
/// - Source: Triton's `--http-restricted-api` and `--grpc-restricted-protocol`: groups of the form
///   `api,api:key=value`; a part stands in one group at most.
package struct APIRestrictions: Sendable, Equatable {
    /// Why a group cannot be used; what it says is no secret.
    package struct Fault: Error, Equatable, Sendable {
        package let expected: String
    }

    /// What one group of parts needs.
    package struct Requirement: Sendable, Equatable {
        /// The field's name in small letters.
        package let name: String
        let nameBytes: [UInt8]
        /// What the field must hold.
        package let value: ExpectedSecret
    }

    private var requirements: [ProtectedAPI: Requirement] = [:]

    /// Restricts nothing.
    package init() {}

    package var isEmpty: Bool { requirements.isEmpty }

    /// What a part needs; nil for nothing.
    package func requirement(of api: ProtectedAPI) -> Requirement? { requirements[api] }

    /// Adds a group.
    ///
    /// - Parameter prefix: stands before the key in the field's name.
    package mutating func add(_ group: String, prefix: String = "") throws(Fault) {
        let form = "as in model-repository,statistics:admin-key=secret"
        guard let colon = group.firstIndex(of: ":") else { throw Fault(expected: "APIs, a colon, key=value, \(form)") }
        let rest = group[group.index(after: colon)...]
        guard let equals = rest.firstIndex(of: "=") else {
            throw Fault(expected: "key=value behind the colon, \(form)")
        }
        let name = (prefix + rest[..<equals]).lowercased()
        let value = Array(rest[rest.index(after: equals)...].utf8)
        guard rest.startIndex < equals, name.utf8.count <= AccessControlLimits.restrictionNameByteCount,
            name.utf8.allSatisfy(Self.isNameByte)
        else {
            throw Fault(
                expected: "a key of at most \(AccessControlLimits.restrictionNameByteCount - prefix.utf8.count) "
                    + "letters, digits and dashes")
        }
        guard (1...AccessControlLimits.restrictionValueByteCount).contains(value.count),
            value.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            throw Fault(
                expected: "a value of 1 to \(AccessControlLimits.restrictionValueByteCount) letters, digits and signs")
        }
        let requirement = Requirement(name: name, nameBytes: Array(name.utf8), value: ExpectedSecret(value))
        for word in group[..<colon].split(separator: ",", omittingEmptySubsequences: false) {
            guard let api = ProtectedAPI(rawValue: String(word)) else {
                throw Fault(expected: "APIs among " + ProtectedAPI.allCases.map(\.rawValue).joined(separator: ", "))
            }
            guard requirements[api] == nil else { throw Fault(expected: "each API in one group; \(word) is in two") }
            requirements[api] = requirement
        }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
            UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

extension APIRestrictions.Requirement {
    /// Whether a field is the one that counts.
    ///
    /// - Parameter name: in any case.
    package func isNamed(_ name: Span<UInt8>) -> Bool {
        guard name.count == nameBytes.count else { return false }
        for index in name.indices {
            let byte = name[index]
            let folded = byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
            if folded != nameBytes[index] { return false }
        }
        return true
    }
}
