/// Why a text holds no documents.
package struct ReadingFault: Error, Equatable, Sendable {
    /// A sentence that names the place and the rule.
    package let message: String

    /// Describes a fault.
    package init(_ message: String) { self.message = message }

    /// Describes a fault of a line.
    ///
    /// - Parameter line: counted from 1.
    init(line: Int, _ message: String) { self.message = "line \(line): \(message)" }
}

extension ReadingFault: CustomStringConvertible {
    /// The sentence.
    package var description: String { message }
}
