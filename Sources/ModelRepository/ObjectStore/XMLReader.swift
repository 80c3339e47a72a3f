/// Reads the XML of an object store's answers: elements, attributes that nobody asks for, texts with their five
/// entities and numbered characters.
///
/// Everything else is refused, above all a document type, by which a few bytes can stand for gigabytes.
///
/// - Complexity: one pass over the bytes.
/// - Source: XML 1.0, sections 2.1, 2.4, 3.1 and 4.1.
struct XMLReader {
    /// What is read next.
    enum Event: Equatable {
        /// Without the prefix of its namespace.
        case start(String)
        case text(String)
        case end
        case endOfDocument
    }

    /// Why a document is refused.
    struct Fault: Error, Equatable {
        let reason: String
        let offset: Int
    }

    private let bytes: [UInt8]
    private var offset = 0
    private var open: [String] = []
    private var hasRoot = false
    /// An empty element has begun and its end has not been told.
    private var owesEnd = false

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { offset = 3 }
    }

    mutating func next() throws(Fault) -> Event {
        if owesEnd {
            owesEnd = false
            open.removeLast()
            return .end
        }
        if open.isEmpty { return try nextOutside() }
        guard offset < bytes.count else { throw fault("it ends inside an element") }
        guard bytes[offset] == UInt8(ascii: "<") else { return try .text(text()) }
        if at(offset + 1) == UInt8(ascii: "/") { return try endTag() }
        return try startTag()
    }

    /// Before and behind the root there are only blanks and, at the very beginning, a declaration.
    private mutating func nextOutside() throws(Fault) -> Event {
        if !hasRoot, matches("<?xml ") {
            guard let end = bytes[offset...].firstRange(of: Array("?>".utf8)) else { throw fault("a cut declaration") }
            offset = end.upperBound
        }
        skipBlanks()
        if offset == bytes.count {
            guard hasRoot else { throw fault("no element") }
            return .endOfDocument
        }
        guard !hasRoot, bytes[offset] == UInt8(ascii: "<") else { throw fault("something outside the one element") }
        return try startTag()
    }

    private mutating func startTag() throws(Fault) -> Event {
        offset += 1
        let name = try self.name()
        guard open.count < ObjectStoreLimits.elementDepth else {
            throw fault("more than \(ObjectStoreLimits.elementDepth) elements inside each other")
        }
        hasRoot = true
        open.append(name)
        while true {
            let before = offset
            skipBlanks()
            switch at(offset) {
            case UInt8(ascii: ">"):
                offset += 1
                return .start(Self.local(name))
            case UInt8(ascii: "/"):
                guard at(offset + 1) == UInt8(ascii: ">") else { throw fault("a slash inside a tag") }
                offset += 2
                owesEnd = true
                return .start(Self.local(name))
            default:
                guard offset > before else { throw fault("no blank before an attribute") }
                try skipAttribute()
            }
        }
    }

    private mutating func skipAttribute() throws(Fault) {
        _ = try name()
        skipBlanks()
        guard at(offset) == UInt8(ascii: "=") else { throw fault("an attribute without a value") }
        offset += 1
        skipBlanks()
        guard let quote = at(offset), quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'"),
            let end = bytes[(offset + 1)...].firstIndex(of: quote),
            !bytes[offset..<end].contains(UInt8(ascii: "<"))
        else { throw fault("an attribute's value without its quotes") }
        offset = end + 1
    }

    private mutating func endTag() throws(Fault) -> Event {
        offset += 2
        let name = try self.name()
        skipBlanks()
        guard at(offset) == UInt8(ascii: ">") else { throw fault("an end tag that does not end") }
        guard open.last == name else { throw fault("an end tag of another element") }
        offset += 1
        open.removeLast()
        return .end
    }

    private mutating func name() throws(Fault) -> String {
        let name = bytes[offset...].prefix { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
                UInt8(ascii: ":"):
                true
            default: false
            }
        }
        guard let first = name.first, !(UInt8(ascii: "-")...UInt8(ascii: ":")).contains(first), name.count <= 128 else {
            throw fault("no name where one belongs")
        }
        offset = name.endIndex
        return String(decoding: name, as: UTF8.self)
    }

    private static func local(_ name: String) -> String {
        name.split(separator: ":").last.map { String($0) } ?? name
    }

    private mutating func text() throws(Fault) -> String {
        var text: [UInt8] = []
        while let byte = at(offset), byte != UInt8(ascii: "<") {
            if byte == UInt8(ascii: "&") {
                text += try entity()
            } else {
                let isControl = byte < 0x20 && byte != 0x09 && byte != 0x0A && byte != 0x0D
                guard !isControl else { throw fault("a control character") }
                text.append(byte)
                offset += 1
            }
            guard text.count <= ObjectStoreLimits.textByteCount else {
                throw fault("a text of more than \(ObjectStoreLimits.textByteCount) bytes")
            }
        }
        guard let valid = String(validating: text, as: UTF8.self) else { throw fault("bytes that are not UTF-8") }
        return valid
    }

    private static let entities = [
        "amp": UInt8(ascii: "&"), "lt": UInt8(ascii: "<"), "gt": UInt8(ascii: ">"), "quot": UInt8(ascii: "\""),
        "apos": UInt8(ascii: "'"),
    ]

    private mutating func entity() throws(Fault) -> [UInt8] {
        guard let end = bytes[offset...].prefix(12).firstIndex(of: UInt8(ascii: ";")) else {
            throw fault("an entity that does not end")
        }
        let name = String(decoding: bytes[(offset + 1)..<end], as: UTF8.self)
        if let byte = Self.entities[name] {
            offset = end + 1
            return [byte]
        }
        let digits = name.dropFirst(name.hasPrefix("#x") ? 2 : 1)
        guard name.hasPrefix("#"), let number = UInt32(digits, radix: name.hasPrefix("#x") ? 16 : 10), number > 0,
            !digits.hasPrefix("+"), let scalar = Unicode.Scalar(number)
        else { throw fault("an entity that is not known") }
        offset = end + 1
        return Array(String(Character(scalar)).utf8)
    }

    private func at(_ index: Int) -> UInt8? { index < bytes.count ? bytes[index] : nil }

    private func matches(_ text: String) -> Bool { bytes[offset...].starts(with: text.utf8) }

    private mutating func skipBlanks() {
        while let byte = at(offset), byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { offset += 1 }
    }

    private func fault(_ reason: String) -> Fault { Fault(reason: reason, offset: offset) }
}
