/// A place in a text file.
///
/// - Units: lines and columns count from 1; columns count bytes.
package struct TextPosition: Sendable, Equatable, CustomStringConvertible {
    package var line: Int
    package var column: Int

    /// The first byte of a file.
    package static let start = TextPosition(line: 1, column: 1)

    package var description: String { "\(line):\(column)" }
}
