/// The file `reference.json`.
extension DriftReference {
    /// Reads a `reference.json`.
    ///
    /// - Throws: the first thing that is wrong, with its place.
    package static func read(_ bytes: Span<UInt8>) throws(DriftReferenceFault) -> DriftReference {
        try DriftReferenceReader.read(bytes)
    }

    /// The text of a `reference.json` that says this.
    package var text: String { DriftReferenceWriter.text(self) }
}
