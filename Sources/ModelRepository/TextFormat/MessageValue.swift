/// A message as read from a file: its fields in the order given, each with its position.
///
/// Names that are asked for are literals of this module, so an unknown one is a mistake of the program.
package struct MessageValue: Sendable {
    /// A value that is no message.
    package enum Scalar: Sendable, Equatable {
        case integer(Int64)
        case unsigned(UInt64)
        case real(Double)
        case boolean(Bool)
        case text(String)
        case enumeration(Int)
    }

    /// One value of a field.
    package enum Content: Sendable {
        case scalar(Scalar)
        case message(MessageValue)
    }

    struct Entry: Sendable {
        var fieldIndex: Int
        var content: Content
        var position: TextPosition
    }

    package let schema: MessageSchema
    /// Where the message begins.
    package var position: TextPosition
    private(set) var entries: [Entry] = []

    init(schema: MessageSchema, position: TextPosition = .start) {
        self.schema = schema
        self.position = position
    }

    private func index(of name: String) -> Int {
        guard let index = schema.fieldIndex(named: name) else {
            preconditionFailure("\(schema.name) has no field \(name)")
        }
        return index
    }

    /// Everything given for a field, in order.
    func contents(_ name: String) -> [Content] {
        let wanted = index(of: name)
        return entries.filter { $0.fieldIndex == wanted }.map(\.content)
    }

    private func last(_ name: String) -> Entry? {
        let wanted = index(of: name)
        return entries.last { $0.fieldIndex == wanted }
    }

    func has(_ name: String) -> Bool { last(name) != nil }

    /// Where a field was last given, or where the message begins.
    func position(of name: String) -> TextPosition { last(name)?.position ?? position }

    func text(_ name: String) -> String {
        if case .scalar(.text(let text))? = last(name)?.content { return text }
        return ""
    }

    func integer(_ name: String) -> Int64 {
        if case .scalar(.integer(let number))? = last(name)?.content { return number }
        return 0
    }

    func unsigned(_ name: String) -> UInt64 {
        if case .scalar(.unsigned(let number))? = last(name)?.content { return number }
        return 0
    }

    func real(_ name: String) -> Double {
        if case .scalar(.real(let number))? = last(name)?.content { return number }
        return 0
    }

    func boolean(_ name: String) -> Bool {
        if case .scalar(.boolean(let truth))? = last(name)?.content { return truth }
        return false
    }

    func enumeration(_ name: String) -> Int {
        if case .scalar(.enumeration(let number))? = last(name)?.content { return number }
        return 0
    }

    func message(_ name: String) -> MessageValue? {
        if case .message(let message)? = last(name)?.content { return message }
        return nil
    }

    func messages(_ name: String) -> [MessageValue] {
        contents(name).compactMap { if case .message(let message) = $0 { message } else { nil } }
    }

    func integers(_ name: String) -> [Int64] {
        contents(name).compactMap { if case .scalar(.integer(let number)) = $0 { number } else { nil } }
    }

    func texts(_ name: String) -> [String] {
        contents(name).compactMap { if case .scalar(.text(let text)) = $0 { text } else { nil } }
    }

    func unsigneds(_ name: String) -> [UInt64] {
        contents(name).compactMap { if case .scalar(.unsigned(let number)) = $0 { number } else { nil } }
    }

    mutating func append(_ entry: Entry) { entries.append(entry) }

    /// Adds one value of a field behind those that are there.
    mutating func append(_ name: String, _ content: Content) {
        entries.append(Entry(fieldIndex: index(of: name), content: content, position: position))
    }

    /// Replaces whatever a field held by one value.
    mutating func set(_ name: String, _ content: Content) {
        remove(name)
        append(name, content)
    }

    mutating func remove(_ name: String) {
        let unwanted = index(of: name)
        entries.removeAll { $0.fieldIndex == unwanted }
    }

    /// Changes each message of a repeated field in turn.
    ///
    /// - Parameter change: is told how many messages of the field stand before.
    mutating func changeMessages(_ name: String, _ change: (Int, inout MessageValue) -> Void) {
        let wanted = index(of: name)
        var number = 0
        for place in entries.indices where entries[place].fieldIndex == wanted {
            guard case .message(var message) = entries[place].content else { continue }
            change(number, &message)
            entries[place].content = .message(message)
            number += 1
        }
    }

    /// Keeps only those messages of a repeated field that a test accepts.
    mutating func filterMessages(_ name: String, keeping isKept: (MessageValue) -> Bool) {
        let filtered = index(of: name)
        entries.removeAll { entry in
            guard entry.fieldIndex == filtered, case .message(let message) = entry.content else { return false }
            return !isKept(message)
        }
    }
}
