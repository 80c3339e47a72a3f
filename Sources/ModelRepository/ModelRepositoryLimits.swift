package import LinuxSystem
import TreeEnsembles

/// Limits on what a model repository may hold.
///
/// Files come from people and from object stores; none of them may cost the server its memory or its start.
package enum ModelRepositoryLimits {
    /// Bytes of one configuration file.
    ///
    /// Real ones have a few thousand.
    package static let textFormatByteLimit = 1 << 20
    /// Messages inside each other.
    ///
    /// The deepest that the schemas know has six.
    package static let textFormatDepthLimit = 32
    /// Tokens of one configuration file: as many as a megabyte of short fields can reasonably hold.
    package static let textFormatTokenLimit = 200_000
    /// Notices that one file may cause; more would only repeat themselves.
    package static let noticeLimit = 100
    /// Bytes of one model file: as many as the readers of formats take.
    package static let modelFileByteLimit = TreeEnsembleLimits.fileByteCount
    /// Bytes of a model's name: it becomes a path component, a metric label and part of a URL.
    package static let modelNameByteLimit = 200
    /// Entries of one directory: models of a repository, versions of a model, files of a version.
    ///
    /// Ten times what the server is measured with.
    package static let directoryEntryLimit = 10_000
    /// Features that `rowan.pbtxt` may name.
    ///
    /// As many fit into a file of the permitted tokens.
    package static let featureLimit = 16_384
    /// Priorities of one model's requests.
    ///
    /// The ones in use are fewer than ten; each takes memory, and time whenever the queue is looked at.
    package static let priorityLevelLimit = 1_024
    /// Rows of one request to a model whose configuration sets no `max_batch_size`.
    package static let inferredBatchSize = 1 << 20

    /// Steps of an ensemble, those of ensembles within it included.
    ///
    /// Each has memory of its own on every loop; the ensembles in use have fewer than ten.
    package static let ensembleStepLimit = 256
    /// Ensembles within each other, the outermost included; those in use have two.
    package static let ensembleDepthLimit = 16
    /// Characters of the reason of a model that an ensemble's own reason repeats.
    package static let innerReasonCharacterCount = 500

    /// Bytes of a block's rows and outputs, those between an ensemble's models among them, for which a thread's memory
    /// is kept after a large request.
    ///
    /// As many as a block of rows has; only rows of very many elements have blocks of more.
    package static let keptDeskByteCount = 4 << 20

    /// Bytes of a file of labels: those of a million classes, with a few letters each.
    package static let labelFileByteLimit = 16 << 20
    /// Lines of a file of labels: elements of a row that can be classified.
    package static let labelLineLimit = 1_000_000
    /// Bytes of one label: it is repeated in answers.
    package static let labelByteLimit = 1_024

    /// Time for which files must not have changed before they are read, unless they were moved into place.
    ///
    /// Longer than a copying program needs between two files, short against the patience of who waits for a version.
    package static let quietTime = Nanoseconds.milliseconds(500)
    /// Samples that a configuration may give for warming, and their requests.
    package static let warmupSampleLimit = 100
    /// Requests of one sample for warming: what a sample repeats is warm after a few.
    package static let warmupCountLimit = 1_000
    /// Bytes of one sample's tensors for warming: what a request may have by default.
    package static let warmupByteLimit = 64 << 20
    /// Seconds after an anomaly in which the next one of its kind belongs to the same incident.
    package static let explanationWindowSeconds = 1...86_400
}
