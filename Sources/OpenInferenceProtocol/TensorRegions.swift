/// The regions of memory that requests may name.
///
/// - Isolation: any thread.
package protocol TensorRegions: Sendable {
    /// The region of a name; nil if there is none.
    func region(named name: Span<UInt8>) -> (any TensorRegion)?
}
