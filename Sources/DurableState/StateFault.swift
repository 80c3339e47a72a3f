/// Why state could not be opened, read or written.
///
/// No sentence holds a password: a place is shown as ``StateLocation`` describes itself.
package enum StateFault: Error, Equatable, Sendable {
    /// A library is not installed; the sentence says which.
    case library(String)
    /// The place cannot be used; the sentence says why.
    case location(String)
    /// Another process has the state open.
    case locked(place: String)
    /// The database has refused; in its own words.
    case database(place: String, String)
    /// What is there is no state of Rowan.
    case notState(place: String, String)
    /// A newer version has written the state.
    case newerSchema(place: String, found: String, known: String)
    /// The state was written by an older version and has not been migrated.
    case olderSchema(place: String, found: String, known: String)
    /// The file to write is there already.
    case fileExists(String)
    /// A value is larger than permitted; what it is, and the limit in bytes.
    case tooLarge(String, byteCountLimit: Int)
}

extension StateFault: CustomStringConvertible {
    /// A sentence with the remedy, where there is one.
    package var description: String {
        switch self {
        case .library(let sentence), .location(let sentence): sentence
        case .locked(let place): "the state at \(place) is in use by another process: end it first"
        case .database(let place, let words): "the state at \(place): \(words)"
        case .notState(let place, let reason): "\(place) holds no state of Rowan: \(reason)"
        case .newerSchema(let place, let found, let known):
            "the state at \(place) has the schema \(found), which a newer version of Rowan has written: this one knows "
                + "those up to \(known)"
        case .olderSchema(let place, let found, let known):
            "the state at \(place) has the schema \(found), and this version needs \(known): back it up, then run "
                + "`rowan state migrate`"
        case .fileExists(let path): "\(path) is there already: name a new file"
        case .tooLarge(let what, let limit): "\(what) has more than \(limit) bytes"
        }
    }
}
