import JSONSyntax
import LinuxSystem

/// Reads a document of objects, arrays, strings and numbers token by token, in one syntax or another.
///
/// The meaning of a model file is read once, by functions generic over this protocol; JSON and UBJSON are two syntaxes
/// of the same document. Nothing is stored but a position and the open containers.
protocol DocumentReader {
    /// Position behind the last token.
    var offset: Int { get }
    /// Number of containers that are open.
    var depth: Int { get }

    /// A reader in front of a document.
    init()

    /// The next token; all syntax is checked on the way.
    mutating func next(in bytes: Span<UInt8>) throws(TreeEnsembleFault) -> DocumentToken
}

extension DocumentReader {
    /// Reads an object and calls a closure behind each key; the closure reads the member's value, all of it.
    mutating func readObject(
        in bytes: Span<UInt8>, _ member: (inout Self, String) throws(TreeEnsembleFault) -> Void
    ) throws(TreeEnsembleFault) {
        guard case .beginObject = try next(in: bytes) else { throw expected("an object") }
        try readMembers(in: bytes, member)
    }

    /// Reads an object whose beginning has been read.
    mutating func readMembers(
        in bytes: Span<UInt8>, _ member: (inout Self, String) throws(TreeEnsembleFault) -> Void
    ) throws(TreeEnsembleFault) {
        while case .key(let key) = try next(in: bytes) {
            let name = try decode(key, in: bytes)
            try within(name) { () throws(TreeEnsembleFault) in try member(&self, name) }
        }
    }

    /// Reads an array and calls a closure with the first token of each element; the closure reads the rest of it.
    mutating func readArray(
        in bytes: Span<UInt8>, _ element: (inout Self, DocumentToken, Int) throws(TreeEnsembleFault) -> Void
    ) throws(TreeEnsembleFault) {
        guard case .beginArray = try next(in: bytes) else { throw expected("an array") }
        try readElements(in: bytes, element)
    }

    /// Reads an array whose beginning has been read.
    mutating func readElements(
        in bytes: Span<UInt8>, _ element: (inout Self, DocumentToken, Int) throws(TreeEnsembleFault) -> Void
    ) throws(TreeEnsembleFault) {
        var index = 0
        while true {
            let token = try next(in: bytes)
            if case .endArray = token { return }
            try within("[\(index)]") { () throws(TreeEnsembleFault) in try element(&self, token, index) }
            index += 1
        }
    }

    /// Reads an array of objects; the closure is called behind each object's beginning.
    mutating func readObjects(
        in bytes: Span<UInt8>, _ element: (inout Self, Int) throws(TreeEnsembleFault) -> Void
    ) throws(TreeEnsembleFault) {
        try readArray(in: bytes) { (document, token, index) throws(TreeEnsembleFault) in
            guard case .beginObject = token else { throw document.expected("an object") }
            try element(&document, index)
        }
    }

    /// Reads an array of numbers; truth values count as 0 and 1.
    ///
    /// - Complexity: one call per number; memory is the closure's affair.
    mutating func readNumbers(
        in bytes: Span<UInt8>, _ number: (DocumentNumber) -> Bool
    ) throws(TreeEnsembleFault) {
        guard case .beginArray = try next(in: bytes) else { throw expected("an array of numbers") }
        while true {
            let value: DocumentNumber
            switch try next(in: bytes) {
            case .endArray: return
            case .number(let number): value = number
            case .bool(let truth): value = .integer(truth ? 1 : 0)
            default: throw expected("an array of numbers")
            }
            guard number(value) else { throw expected("an array of integers within 32 bits") }
        }
    }

    /// Reads an array of integers.
    mutating func readIntegers(in bytes: Span<UInt8>, into numbers: inout [Int32]) throws(TreeEnsembleFault) {
        try readIntegers(in: bytes) { numbers.append($0) }
    }

    /// Reads an array of integers, one after the other.
    mutating func readIntegers(in bytes: Span<UInt8>, _ take: (Int32) -> Void) throws(TreeEnsembleFault) {
        try readNumbers(in: bytes) { number in
            guard let value = number.integer(in: bytes).flatMap({ Int32(exactly: $0) }) else { return false }
            take(value)
            return true
        }
    }

    /// Reads an array of float32 numbers.
    mutating func readFloats(in bytes: Span<UInt8>, into numbers: inout [Float]) throws(TreeEnsembleFault) {
        try readNumbers(in: bytes) { number in
            numbers.append(number.float(in: bytes))
            return true
        }
    }

    /// Reads an array of float64 numbers.
    mutating func readDoubles(in bytes: Span<UInt8>, into numbers: inout [Double]) throws(TreeEnsembleFault) {
        try readNumbers(in: bytes) { number in
            numbers.append(number.double(in: bytes))
            return true
        }
    }

    /// Reads an array of strings; integers stand as their digits.
    mutating func readStrings(in bytes: Span<UInt8>, limit: Int) throws(TreeEnsembleFault) -> [String] {
        var strings: [String] = []
        try readArray(in: bytes) { (document, token, _) throws(TreeEnsembleFault) in
            guard strings.count < limit else {
                throw TreeEnsembleFault(.limit(what: "strings", value: strings.count + 1, limit: limit))
            }
            switch token {
            case .string(let text): strings.append(try document.decode(text, in: bytes))
            case .number(let number):
                guard let value = number.integer(in: bytes) else { throw document.expected("a string or an integer") }
                strings.append("\(value)")
            default: throw document.expected("a string or an integer")
            }
        }
        return strings
    }

    /// Reads a string.
    mutating func readString(in bytes: Span<UInt8>) throws(TreeEnsembleFault) -> String {
        guard case .string(let text) = try next(in: bytes) else { throw expected("a string") }
        return try decode(text, in: bytes)
    }

    /// Reads an integer that is written as a number or as a string of digits.
    mutating func readInteger(in bytes: Span<UInt8>) throws(TreeEnsembleFault) -> Int {
        switch try next(in: bytes) {
        case .number(let number):
            if let value = number.integer(in: bytes) { return value }
        case .string(let text):
            if let value = Int(try decode(text, in: bytes)) { return value }
        default: break
        }
        throw expected("an integer")
    }

    /// Reads a number to float64.
    mutating func readDouble(in bytes: Span<UInt8>) throws(TreeEnsembleFault) -> Double {
        guard case .number(let number) = try next(in: bytes) else { throw expected("a number") }
        return number.double(in: bytes)
    }

    /// Reads a value and forgets it.
    mutating func skipValue(in bytes: Span<UInt8>) throws(TreeEnsembleFault) {
        let token = try next(in: bytes)
        try skipRest(of: token, in: bytes)
    }

    /// Reads what is left of a value behind its first token and forgets it.
    ///
    /// - Returns: whether the value was a container with something in it.
    @discardableResult
    mutating func skipRest(of token: DocumentToken, in bytes: Span<UInt8>) throws(TreeEnsembleFault) -> Bool {
        switch token {
        case .beginObject, .beginArray:
            let outer = depth - 1
            var tokenCount = 0
            while depth > outer {
                _ = try next(in: bytes)
                tokenCount += 1
            }
            return tokenCount > 1
        default: return false
        }
    }

    /// A fault that names what should stand where the last token ended.
    func expected(_ what: String) -> TreeEnsembleFault {
        TreeEnsembleFault(.expected(what), at: offset)
    }

    /// The text of a string, which must not be absurdly long.
    func decode(_ text: JSONStringRange, in bytes: Span<UInt8>) throws(TreeEnsembleFault) -> String {
        guard text.range.count <= TreeEnsembleLimits.nameByteCount else {
            throw TreeEnsembleFault(
                .limit(what: "bytes of a name", value: text.range.count, limit: TreeEnsembleLimits.nameByteCount),
                at: offset)
        }
        return text.hasEscapes ? JSONString.decode(text, in: bytes) : bytes.text(text.range)
    }
}

/// Runs a part of a reader; the faults that it throws get the part's name in front of their field.
///
/// Paths are put together only while a fault unwinds, so that reading costs nothing.
func within<Result>(
    _ field: @autoclosure () -> String, _ body: () throws(TreeEnsembleFault) -> Result
) throws(TreeEnsembleFault) -> Result {
    do {
        return try body()
    } catch {
        var fault = error
        let joint = fault.field.isEmpty || fault.field.hasPrefix("[") ? "" : "."
        fault.field = field() + joint + fault.field
        throw fault
    }
}
