@testable import JSONSyntax

/// Reading whole texts in tests.
enum JSONText {
    /// All tokens of a text, `.end` included.
    static func tokens(
        _ text: [UInt8], depthLimit: Int = 100, acceptsNonFinite: Bool = false
    ) throws(JSONFault) -> [JSONToken] {
        var cursor = JSONCursor(depthLimit: depthLimit, acceptsNonFinite: acceptsNonFinite)
        var tokens: [JSONToken] = []
        while tokens.last != .end { tokens.append(try cursor.next(in: text.span)) }
        return tokens
    }

    /// The fault of a text, nil if it is well-formed.
    static func fault(_ text: String, depthLimit: Int = 100, acceptsNonFinite: Bool = false) -> JSONFault? {
        fault(Array(text.utf8), depthLimit: depthLimit, acceptsNonFinite: acceptsNonFinite)
    }

    /// The fault of a text, nil if it is well-formed.
    static func fault(_ text: [UInt8], depthLimit: Int = 100, acceptsNonFinite: Bool = false) -> JSONFault? {
        do throws(JSONFault) {
            _ = try tokens(text, depthLimit: depthLimit, acceptsNonFinite: acceptsNonFinite)
            return nil
        } catch {
            return error
        }
    }

    /// The text of the only string in a document.
    static func string(_ text: String) throws -> String? {
        let bytes = Array(text.utf8)
        guard case .string(let range) = try tokens(bytes)[0] else { return nil }
        return JSONString.decode(range, in: bytes.span)
    }

    /// The numbers of an array by the fast path alone; nil where it stopped before the end.
    static func fastNumbers(_ text: String, as type: JSONNumberType, stride: Int = 1) -> [Float]? {
        let bytes = Array(text.utf8)
        var cursor = JSONCursor(depthLimit: 100, acceptsNonFinite: true)
        var values = [Float](repeating: -77, count: (bytes.count / 2 + 1) * stride)
        guard (try? cursor.next(in: bytes.span)) == .beginArray else { return nil }
        var span = values.mutableSpan
        let end = JSONNumberArray.read(type, in: bytes.span, at: &cursor, into: &span, from: 0, stride: stride)
        guard (try? cursor.next(in: bytes.span)) == .endArray else { return nil }
        guard (try? cursor.next(in: bytes.span)) == .end else { return nil }
        return Swift.stride(from: 0, to: end, by: stride).map { values[$0] }
    }

    /// The numbers of an array by the cursor alone: the slow twin.
    static func slowNumbers(_ text: String, as type: JSONNumberType) -> [Float]? {
        let bytes = Array(text.utf8)
        var values: [Float] = []
        guard let tokens = try? tokens(bytes), tokens.first == .beginArray else { return nil }
        for token in tokens.dropFirst() {
            switch token {
            case .number(let range):
                guard let value = try? JSONNumber.float(type, in: bytes.span, range) else { return nil }
                values.append(value)
            case .endArray, .end: break
            default: return nil
            }
        }
        return values
    }
}
