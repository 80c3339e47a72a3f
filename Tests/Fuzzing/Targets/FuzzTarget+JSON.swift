import JSONSyntax

extension FuzzTarget {
    /// A document's tokens stand in order, its strings are what they decode to, and white space behind it is nothing.
    static let json = FuzzTarget(name: "json") { input in
        let alone = tokens(of: input)
        let followed = tokens(of: input + Array(" \n".utf8))
        precondition(alone == nil || alone == followed, "white space behind a document is nothing")
    }

    /// The tokens of a document; nil if it is none.
    private static func tokens(of input: [UInt8]) -> [JSONToken]? {
        var cursor = JSONCursor(depthLimit: 20, acceptsNonFinite: true)
        var tokens: [JSONToken] = []
        var last = 0
        do throws(JSONFault) {
            while true {
                let token = try cursor.next(in: input.span)
                precondition(cursor.offset > last || token == .end, "a token takes a byte")
                precondition(cursor.offset <= input.count, "a token ends inside its bytes")
                precondition(cursor.depth <= 20, "nesting keeps its limit")
                last = cursor.offset
                switch token {
                case .end: return tokens
                case .key(let string), .string(let string):
                    let text = Array(JSONString.decode(string, in: input.span).utf8)
                    precondition(JSONString.equals(string, in: input.span, text.span), "a string is its own text")
                default: break
                }
                tokens.append(token)
            }
        } catch {
            return nil
        }
    }
}
