/// An element with its elements, as answers of object stores have them; texts between elements do not count.
struct XMLDocument: Equatable {
    let name: String
    private(set) var text = ""
    private(set) var children: [XMLDocument] = []

    /// Reads a whole document.
    init(_ bytes: [UInt8]) throws(ObjectStoreFault) {
        do throws(XMLReader.Fault) {
            var reader = XMLReader(bytes)
            guard case .start(let name) = try reader.next() else {
                preconditionFailure("a document begins with an element")
            }
            self.name = name
            try readContent(&reader)
            guard try reader.next() == .endOfDocument else { preconditionFailure("a reader reads one element") }
        } catch {
            throw .answer("\(error.reason) at byte \(error.offset)")
        }
    }

    private init(named name: String, _ reader: inout XMLReader) throws(XMLReader.Fault) {
        self.name = name
        try readContent(&reader)
    }

    /// - Complexity: recursion is as deep as the reader permits elements to be.
    private mutating func readContent(_ reader: inout XMLReader) throws(XMLReader.Fault) {
        while true {
            switch try reader.next() {
            case .start(let name): children.append(try XMLDocument(named: name, &reader))
            case .text(let part): text += part
            case .end: return
            case .endOfDocument: preconditionFailure("an element ends before its document")
            }
        }
    }

    /// The text of the first element of a name.
    subscript(name: String) -> String? { children.first { $0.name == name }?.text }
}
