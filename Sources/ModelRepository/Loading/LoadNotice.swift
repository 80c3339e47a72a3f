/// Something in a repository that has no effect, told to the operator and to nobody else.
package struct LoadNotice: Sendable, Equatable, CustomStringConvertible {
    /// Relative to the repository.
    package var path: String
    package var position: TextPosition?
    package var sentence: String

    package init(path: String, position: TextPosition? = nil, sentence: String) {
        self.path = path
        self.position = position
        self.sentence = sentence
    }

    init(_ notice: TextFormatParser.Notice, file: String) {
        self.init(path: file, position: notice.position, sentence: "\(notice.field): \(notice.sentence)")
    }

    package var description: String {
        let place = position.map { ":\($0)" } ?? ""
        return "\(path)\(place): \(sentence)"
    }
}
