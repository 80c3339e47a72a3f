import Testing

@testable import TreeEnsembles

/// UBJSON's markers, and claims of a file that must cost nothing.
@Suite struct UBJSONDocumentTests {
    /// The tokens of a document as a short text, ending with the fault if there is one.
    private static func tokens(_ bytes: [UInt8]) -> String {
        let span = bytes.span
        var document = UBJSONDocument()
        var parts: [String] = []
        do {
            while true {
                switch try document.next(in: span) {
                case .beginObject: parts.append("{")
                case .endObject: parts.append("}")
                case .beginArray: parts.append("[")
                case .endArray: parts.append("]")
                case .key(let text): parts.append("\(try document.decode(text, in: span)):")
                case .string(let text): parts.append("'\(try document.decode(text, in: span))'")
                case .number(.integer(let value)): parts.append("\(value)")
                case .number(.float32(let value)): parts.append("\(value)f")
                case .number(.float64(let value)): parts.append("\(value)")
                case .number(.text): parts.append("text")
                case .bool(let value): parts.append("\(value)")
                case .null: parts.append("null")
                case .end: return parts.joined(separator: " ")
                }
            }
        } catch {
            return (parts + ["!\(error.message)"]).joined(separator: " ")
        }
    }

    private static func bytes(_ parts: Any...) -> [UInt8] {
        parts.flatMap { part -> [UInt8] in
            switch part {
            case let text as String: Array(text.utf8)
            case let byte as Int: [UInt8(truncatingIfNeeded: byte)]
            default: preconditionFailure("a text or a byte")
            }
        }
    }

    @Test func `scalars of every width are read`() {
        let integers = Self.bytes(
            "[i", -1, "U", 255, "I", 0x80, 0, "l", 0, 1, 0, 0, "L", 255, 255, 255, 255, 255, 255, 255, 254, "]")
        #expect(Self.tokens(integers) == "[ -1 255 -32768 65536 -2 ]")
        let floats = Self.bytes("[d", 0x3f, 0xc0, 0, 0, "D", 0x40, 0x09, 0x21, 0xfb, 0x54, 0x44, 0x2d, 0x18, "]")
        #expect(Self.tokens(floats) == "[ 1.5f 3.141592653589793 ]")
        #expect(Self.tokens(Self.bytes("[TFZNNCxSi", 2, "hi]")) == "[ true false null 'x' 'hi' ]")
    }

    @Test func `containers are closed by a marker or by their count`() {
        #expect(Self.tokens(Self.bytes("{i", 1, "a[]i", 1, "b{}}")) == "{ a: [ ] b: { } }")
        #expect(Self.tokens(Self.bytes("[#i", 2, "i", 7, "T")) == "[ 7 true ]")
        #expect(Self.tokens(Self.bytes("[$U#i", 3, 1, 2, 3)) == "[ 1 2 3 ]")
        #expect(Self.tokens(Self.bytes("{$U#i", 2, "i", 1, "a", 5, "i", 1, "b", 6)) == "{ a: 5 b: 6 }")
        #expect(Self.tokens(Self.bytes("[$[#i", 2, "T]", "F]")) == "[ [ true ] [ false ] ]")
        #expect(Self.tokens(Self.bytes("[$S#i", 1, "i", 1, "x")) == "[ 'x' ]")
        #expect(Self.tokens(Self.bytes("[#L", 0, 0, 0, 0, 0, 0, 0, 0)) == "[ ]")
    }

    @Test func `a count that the file cannot hold is refused before anything is read`() {
        let huge = Self.bytes("[$d#L", 0x7f, 255, 255, 255, 255, 255, 255, 255, 1, 2, 3, 4)
        #expect(Self.tokens(huge) == "!byte 13: the file ends too early")
        #expect(Self.tokens(Self.bytes("[#l", 0, 0, 1, 0)) == "!byte 7: the file ends too early")
        #expect(Self.tokens(Self.bytes("Sl", 0, 0, 1, 0)) == "!byte 6: the file ends too early")
        #expect(Self.tokens(Self.bytes("[#i", -1)) == "!byte 4: a negative count")
    }

    @Test func `a container of elements without bytes is refused`() {
        for marker in ["T", "F", "Z", "N"] {
            let bytes = Self.bytes("[$\(marker == "N" ? "H" : marker)#L", 0x7f, 255, 255, 255, 255, 255, 255, 255)
            #expect(Self.tokens(bytes) == "!byte 3: a container of elements without bytes")
        }
    }

    @Test func `nesting has a limit`() {
        let deep = String(repeating: "[", count: TreeEnsembleLimits.nesting)
        let closed = String(repeating: "]", count: TreeEnsembleLimits.nesting)
        #expect(!Self.tokens(Self.bytes(deep + closed)).contains("!"))
        #expect(Self.tokens(Self.bytes("[" + deep)).hasSuffix("65 levels of nesting exceed the limit of 64"))
    }

    @Test func `bytes behind the end, unknown markers and a lone end are refused`() {
        #expect(Self.tokens(Self.bytes("[]]")).hasSuffix("!byte 2: bytes after the end of the document"))
        #expect(
            Self.tokens(Self.bytes("[x]")).hasSuffix("!byte 2: byte 120 is no marker of UBJSON that can stand here"))
        #expect(Self.tokens(Self.bytes("]")).hasPrefix("!byte 1: byte 93 is no marker"))
        #expect(Self.tokens([]) == "!byte 0: the file ends too early")
        #expect(Self.tokens(Self.bytes("[$U")) == "!byte 3: the file ends too early")
        #expect(Self.tokens(Self.bytes("[$U]")) == "!byte 3: a container with a type needs a count")
    }
}
