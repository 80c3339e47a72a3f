/// Why a model file cannot serve: what is wrong, in which field, at which byte.
///
/// - Isolation: any thread; a value.
package struct TreeEnsembleFault: Error, Equatable {
    /// What is wrong.
    ///
    /// Texts are parts of sentences that `message` completes.
    package enum Reason: Equatable, Sendable {
        /// No listed format recognises the file.
        case unknownFormat
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
        /// A number that the file controls is above a constant of `TreeEnsembleLimits`.
        case limit(what: String, value: Int, limit: Int)
        /// The trees are not trees, or do not fit the model's header.
        case inconsistent(String)
    }

    /// Name of the file, as given to `TreeEnsembleFormats.load`; empty inside a reader.
    package var fileName = ""
    /// Platform string of the format whose reader found the fault; empty before one is chosen.
    package var format = ""
    /// Offset of the byte at which the fault was noticed, where the reader has one.
    package var byteOffset: Int?
    /// Number of the line in which that byte stands, counted from 1, where the format is a text of lines.
    package var line: Int?
    /// Path of the field in the format's own words, e.g.
    ///
    /// `learner.gradient_booster.model.trees[3].left_children`.
    package var field = ""
    /// What is wrong.
    package var reason: Reason

    init(_ reason: Reason, field: String = "", at byteOffset: Int? = nil) {
        self.reason = reason
        self.field = field
        self.byteOffset = byteOffset
    }

    /// One sentence for logs and for the model's state: file, line or byte, field, reason.
    package var message: String {
        var parts: [String] = []
        if !fileName.isEmpty { parts.append(fileName) }
        if let line { parts.append("line \(line)") } else if let byteOffset { parts.append("byte \(byteOffset)") }
        if !field.isEmpty { parts.append(field) }
        parts.append(reason.text)
        return parts.joined(separator: ": ")
    }
}

extension TreeEnsembleFault: CustomStringConvertible {
    package var description: String { message }
}

extension TreeEnsembleFault.Reason {
    /// The reason as the last part of a sentence.
    var text: String {
        switch self {
        case .unknownFormat: "not a model file of a known format"
        case .truncated: "the file ends too early"
        case .malformed(let what): what
        case .missing: "the field is missing"
        case .expected(let what): "expected \(what)"
        case .unsupported(let what): "\(what) is not supported"
        case .limit(let what, let value, let limit): "\(value) \(what) exceed the limit of \(limit)"
        case .inconsistent(let what): what
        }
    }
}
