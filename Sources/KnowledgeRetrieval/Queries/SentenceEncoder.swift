/// Makes vectors of texts: texts that mean the same lie near each other.
///
/// - Isolation: any thread but a loop that answers clients.
package protocol SentenceEncoder: Sendable {
    /// Numbers of a vector.
    var width: Int { get }
    /// What made the vectors, so that those of another encoder are not compared with them.
    var name: String { get }

    /// The vector of a text.
    ///
    /// - Units: of length 1.
    /// - Returns: as many numbers as ``width`` says; nil if there can be none now.
    func vector(of text: String) -> [Float]?

    /// How many tokens a text is cut into, without the special ones at its ends.
    func tokenCount(of text: String) -> Int
}
