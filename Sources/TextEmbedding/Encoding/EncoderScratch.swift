import LinuxSystem

/// What one thread needs to encode texts: tokens, and the states of a run of them.
///
/// A run is some texts end to end, without padding: all products take its tokens together, only attention keeps texts
/// apart.
///
/// - Isolation: one thread at a time.
package final class EncoderScratch {
    /// Tokens of a run of several texts; one text alone may have more.
    static let runTokenCount = 512
    /// Tokens that go through a layer together: their states stay in the second-level cache.
    static let blockTokenCount = 72
    /// Tokens whose attention is computed together.
    static let queryTokenCount = 24

    /// Of all texts, one after another.
    var tokens: [Int32] = []
    /// Where each text's tokens end.
    var ends: [Int] = []
    var tokenizing = TokenizerScratch()

    /// Tokens × width.
    private(set) var states = AlignedArray<Float>(count: 0, repeating: 0)
    /// Tokens × 3 width: queries, keys and values.
    private(set) var attention = AlignedArray<Float>(count: 0, repeating: 0)
    /// Tokens × width: what attention has gathered.
    private(set) var gathered = AlignedArray<Float>(count: 0, repeating: 0)
    /// Block × inner width.
    private(set) var inner = AlignedArray<Float>(count: 0, repeating: 0)
    /// Keys of a head, packed, for one text.
    private(set) var keys = AlignedArray<Float>(count: 0, repeating: 0)
    private(set) var values = AlignedArray<Float>(count: 0, repeating: 0)
    /// Queries × tokens of a text, up to a whole panel.
    private(set) var scores = AlignedArray<Float>(count: 0, repeating: 0)
    /// What makes shares of a query's scores.
    let shares = AlignedArray<Float>(count: EncoderScratch.queryTokenCount, repeating: 0)
    /// As wide as scores, or a head.
    private(set) var zeros = AlignedArray<Float>(count: 0, repeating: 0)

    /// Makes an empty scratch.
    package init() {}

    /// Makes room for a run.
    ///
    /// - Complexity: allocates only if the run is larger than all before.
    func reserve(tokenCount: Int, longestText: Int, for encoder: TextEncoder) {
        let configuration = encoder.configuration
        func grow(_ array: inout AlignedArray<Float>, _ count: Int) {
            if array.count < count { array = AlignedArray(count: count, repeating: 0) }
        }
        grow(&states, tokenCount * configuration.width)
        grow(&attention, tokenCount * 3 * configuration.width)
        grow(&gathered, tokenCount * configuration.width)
        grow(&inner, Self.blockTokenCount * configuration.innerWidth)
        let panelWidth = encoder.kernels.panelWidth
        let columns = (longestText + panelWidth - 1) / panelWidth * panelWidth
        grow(&keys, columns * configuration.headWidth)
        grow(&values, longestText * configuration.headWidth)
        grow(&scores, Self.queryTokenCount * columns)
        grow(&zeros, max(columns, configuration.headWidth))
    }
}
