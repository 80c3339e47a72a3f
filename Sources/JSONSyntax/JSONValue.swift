/// A small JSON document as values: the state of a rollout, the answer to a command.
///
/// - Complexity: linear; documents of clients and models are read token by token instead.
package indirect enum JSONValue: Equatable, Sendable {
    case null
    case flag(Bool)
    case number(Double)
    case text(String)
    case array([JSONValue])
    /// Of members of one name the last one counts.
    case object([String: JSONValue])

    /// Reads a document; nil for anything that is no JSON, and for numbers that no 64-bit number is near to.
    package init?(_ bytes: Span<UInt8>) {
        var cursor = JSONCursor(depthLimit: JSONLimits.valueDepth)
        do throws(JSONFault) {
            let token = try cursor.next(in: bytes)
            guard let value = try Self.value(token, &cursor, bytes), try cursor.next(in: bytes) == .end else {
                return nil
            }
            self = value
        } catch {
            return nil
        }
    }

    private static func value(
        _ token: JSONToken, _ cursor: inout JSONCursor, _ bytes: Span<UInt8>
    ) throws(JSONFault) -> JSONValue? {
        switch token {
        case .null: return .null
        case .true: return .flag(true)
        case .false: return .flag(false)
        case .number(let range):
            let number = JSONNumber.double(in: bytes, range)
            return number.isFinite ? .number(number) : nil
        case .string(let string): return .text(JSONString.decode(string, in: bytes))
        case .beginArray:
            var elements: [JSONValue] = []
            while true {
                let token = try cursor.next(in: bytes)
                if token == .endArray { return .array(elements) }
                guard let element = try value(token, &cursor, bytes) else { return nil }
                elements.append(element)
            }
        case .beginObject:
            var members: [String: JSONValue] = [:]
            while case .key(let key) = try cursor.next(in: bytes) {
                guard let value = try value(try cursor.next(in: bytes), &cursor, bytes) else { return nil }
                members[JSONString.decode(key, in: bytes)] = value
            }
            return .object(members)
        case .endArray, .endObject, .end, .key, .notANumber, .infinity: return nil
        }
    }

    /// The member of this name, if the value is an object that has it.
    package subscript(_ name: String) -> JSONValue? {
        if case .object(let members) = self { members[name] } else { nil }
    }

    package var text: String? { if case .text(let value) = self { value } else { nil } }
    package var number: Double? { if case .number(let value) = self { value } else { nil } }
    package var integer: Int? { number.flatMap { Int(exactly: $0) } }
    package var flag: Bool? { if case .flag(let value) = self { value } else { nil } }
    package var elements: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
}
