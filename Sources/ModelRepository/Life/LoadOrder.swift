/// A model that is to be loaded now, with all that loading needs.
///
/// - Isolation: a value; any thread.
package struct LoadOrder: Sendable {
    package let name: String
    /// The attempt's number in the model's life.
    let attempt: Int
    /// What is to be loaded, and from where.
    package let scanned: ScannedModel
    /// The state of the files; nil where nobody will compare it.
    package let fingerprint: ModelFingerprint?
    /// Versions that answer already and whose files have not changed.
    package let keeping: [Int64: ServedModel]
}
