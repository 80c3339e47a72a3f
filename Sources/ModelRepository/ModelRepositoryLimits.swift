/// Limits on what a model repository may hold. Files come from people and from object stores; none of them may cost
/// the server its memory or its start.
package enum ModelRepositoryLimits {
    /// Bytes of one configuration file. Real ones have a few thousand.
    package static let textFormatByteLimit = 1 << 20
    /// Messages inside each other. The deepest that the schemas know has six.
    package static let textFormatDepthLimit = 32
    /// Tokens of one configuration file: as many as a megabyte of short fields can reasonably hold.
    package static let textFormatTokenLimit = 200_000
    /// Notices that one file may cause; more would only repeat themselves.
    package static let noticeLimit = 100
    /// Bytes of one model file.
    package static let modelFileByteLimit = 4 << 30
    /// Bytes of a model's name: it becomes a path component, a metric label and part of a URL.
    package static let modelNameByteLimit = 200
    /// Entries read from one directory.
    package static let directoryEntryLimit = 100_000
    /// Features a model may have.
    package static let featureLimit = 65_536
    /// Largest version number; larger ones could not be told apart by every client.
    package static let versionLimit = Int64.max
    /// Elements in one row of one output: leaf indices of a forest at the builder's own limits stay below it.
    package static let outputElementLimit = 1 << 24
}
