/// Limits on what a reference may demand of the server's memory and time.
package enum DriftLimits {
    /// Bytes of a `reference.json`: that of a thousand features has about half a megabyte.
    package static let referenceByteCount = 16 << 20
    /// Containers inside each other; the format has four.
    static let referenceDepth = 8
    /// Features of a reference: as many as `rowan.pbtxt` may name.
    package static let featureCount = 16_384
    /// Outputs of a reference, each one element of a row's output.
    package static let outputCount = 64
    /// Edges of one variable; ten bins have nine.
    package static let edgeCount = 64
    /// Categories of one variable: each costs two edges, and so time in every row.
    package static let categoryCount = 256
    /// Bytes of a name: as many as a request's own may have.
    package static let nameByteCount = 1_024
    /// Rows of a reference: below, ten bins are noise; the upper bound keeps every sum exact in a double.
    package static let referenceRows: ClosedRange<UInt64> = 100...1 << 50
    /// Cells of a model's counts, padding included.
    ///
    /// Each is kept once per loop and in each of a window's panes: 131,072 cells are 36 MB for a model.
    package static let cellCount = 1 << 17

    /// Rows and seconds of a window.
    package static let windowRows: ClosedRange<UInt64> = 100...1_000_000_000
    package static let windowSeconds: ClosedRange<UInt64> = 1...2_592_000
    /// Parts of a window that are forgotten at once; by rows and by seconds each.
    static let paneCount = 16
    /// Rows of a window from which on it is judged: with ten bins, chance alone gives a PSI of about 0.01.
    ///
    /// A shorter window is judged when it is full.
    package static let judgedRows: UInt64 = 1_000

    /// Bytes of a sample file for a reference: it is held in memory.
    package static let sampleByteCount = 1 << 30
    /// Rows of a sample.
    package static let sampleRows = 10_000_000
    /// Bytes of one line of a sample in CSV.
    package static let sampleLineByteCount = 1 << 20
    /// Bytes of the head of a sample in npy.
    static let arrayHeadByteCount = 1 << 16
}
