/// Where in a request's body, or in what was copied from a region, its rows stand, if they are one binary tensor that
/// has not been read.
///
/// - Shape: rows × features, row-major, no padding.
/// - Layout: little-endian elements of `datatype`, of which any bits are a value.
package struct BinaryRows: Equatable, Sendable {
    let datatype: Datatype
    let bytes: Range<Int>
    /// Whether they are among the bytes that were copied from regions.
    package let areFromRegion: Bool
}
