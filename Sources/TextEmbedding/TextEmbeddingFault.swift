/// Why the files of an encoder cannot serve: which file, which field, what rule.
///
/// - Isolation: any thread; a value.
package struct TextEmbeddingFault: Error, Equatable, Sendable {
    /// What is wrong.
    ///
    /// Texts are parts of sentences that `message` completes.
    package enum Reason: Equatable, Sendable {
        /// The file ends within what it began.
        case truncated
        /// The bytes are not of the syntax that the format is written in.
        case malformed(String)
        /// A field is absent.
        case missing
        /// A field holds something else than what must stand there.
        case expected(String)
        /// The file is valid but needs what this version does not do; the text names it.
        case unsupported(String)
        /// A number that the file controls is above a constant of `TextEmbeddingLimits`.
        case limit(what: String, value: Int, limit: Int)
    }

    /// Name of the file; empty inside a reader.
    package var fileName = ""
    /// The field or the tensor; empty where the whole file is meant.
    package var field: String
    /// What is wrong.
    package var reason: Reason

    init(_ reason: Reason, field: String = "") {
        self.reason = reason
        self.field = field
    }

    /// The fault of a file.
    func of(_ fileName: String) -> TextEmbeddingFault {
        var fault = self
        fault.fileName = fileName
        return fault
    }

    /// The fault without its file, as one sentence.
    package var sentence: String {
        field.isEmpty ? reason.text : "\(field): \(reason.text)"
    }
}

extension TextEmbeddingFault: CustomStringConvertible {
    package var description: String { fileName.isEmpty ? sentence : "\(fileName): \(sentence)" }
}

extension TextEmbeddingFault.Reason {
    /// The reason as the last part of a sentence.
    var text: String {
        switch self {
        case .truncated: "the file ends too early"
        case .malformed(let what): what
        case .missing: "is missing"
        case .expected(let what): "expected \(what)"
        case .unsupported(let what): "\(what) is not supported"
        case .limit(let what, let value, let limit): "\(value) \(what) exceed the limit of \(limit)"
        }
    }
}
