import JSONSyntax

/// Reads a document written in JSON, in which trainers write NaN and infinities as words.
struct JSONDocument: DocumentReader {
    private var cursor = JSONCursor(depthLimit: TreeEnsembleLimits.nesting, acceptsNonFinite: true)

    var offset: Int { cursor.offset }
    var depth: Int { cursor.depth }

    mutating func next(in bytes: Span<UInt8>) throws(TreeEnsembleFault) -> DocumentToken {
        do throws(JSONFault) {
            return switch try cursor.next(in: bytes) {
            case .beginObject: .beginObject
            case .endObject: .endObject
            case .beginArray: .beginArray
            case .endArray: .endArray
            case .key(let text): .key(text)
            case .string(let text): .string(text)
            case .number(let range): .number(.text(range))
            case .true: .bool(true)
            case .false: .bool(false)
            case .null: .null
            case .notANumber: .number(.float64(.nan))
            case .infinity(let isNegative): .number(.float64(isNegative ? -.infinity : .infinity))
            case .end: .end
            }
        } catch {
            throw TreeEnsembleFault(error)
        }
    }

    /// The name of a JSON document's first member, if it is an object that begins with one.
    static func firstKey(of bytes: Span<UInt8>) -> String? {
        var document = JSONDocument()
        guard case .beginObject = try? document.next(in: bytes), case .key(let key) = try? document.next(in: bytes)
        else { return nil }
        return try? document.decode(key, in: bytes)
    }
}

extension TreeEnsembleFault {
    /// Says in this module's words what is wrong with a JSON text.
    init(_ fault: JSONFault) {
        switch fault.reason {
        case .endedEarly: self.init(.truncated, at: fault.offset)
        case .tooDeep(let limit):
            self.init(.limit(what: "levels of nesting", value: limit + 1, limit: limit), at: fault.offset)
        default: self.init(.malformed("invalid JSON: \(fault.message)"), at: fault.offset)
        }
    }
}
