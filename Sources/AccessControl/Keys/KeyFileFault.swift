/// What is wrong with a file of API keys: where, and which rule it breaks.
///
/// Nothing of a secret is in it.
package struct KeyFileFault: Error, Equatable, Sendable {
    /// From 1; 0 where the file as a whole is meant.
    package let line: Int
    package let rule: String

    init(line: Int, _ rule: String) {
        self.line = line
        self.rule = rule
    }
}

extension KeyFileFault: CustomStringConvertible {
    package var description: String { line > 0 ? "line \(line): \(rule)" : rule }
}
