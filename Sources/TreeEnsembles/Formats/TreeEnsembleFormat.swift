/// One file format that forests are read from.
///
/// Its implementation's header comment documents the format, the trainer's versions read and every semantic choice.
protocol TreeEnsembleFormat {
    /// Name of the format in configurations, e.g. `xgboost_json`.
    static var platform: String { get }

    /// Whether a file looks like this format: cheap, from its first bytes, never reading a whole document.
    static func recognises(_ bytes: Span<UInt8>) -> Bool

    /// Reads a whole file.
    ///
    /// - Throws: whatever is wrong with the file, without file name and format, which the caller adds.
    static func parse(_ bytes: Span<UInt8>) throws(TreeEnsembleFault) -> TreeEnsemble
}
