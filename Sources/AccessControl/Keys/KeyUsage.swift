/// What has become of a key's requests so far; it outlives a change of the file.
///
/// - Isolation: any thread.
package final class KeyUsage: Sendable {
    package let meter = RateMeter()
    /// By loop.
    package let tallies: [KeyTally]

    /// Makes the usage of a key that nobody has shown.
    package init(loopCount: Int) {
        tallies = (0..<loopCount).map { _ in KeyTally() }
    }
}
