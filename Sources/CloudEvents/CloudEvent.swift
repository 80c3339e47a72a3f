/// Something that has happened and that somebody outside wants to know.
///
/// - Isolation: a value; any thread.
/// - Source: CloudEvents 1.0.2, section 3.
package struct CloudEvent: Sendable, Equatable {
    /// The same whenever the event is sent again: receivers drop what they know.
    package var id: String
    /// Who says so, as a reference of a URI.
    package var source: String
    /// What kind of thing has happened.
    package var type: String
    /// What it has happened to.
    package var subject: String
    /// When, as RFC 3339 writes it.
    package var time: String
    /// A JSON value.
    package var data: [UInt8]

    /// Names what has happened.
    package init(id: String, source: String, type: String, subject: String, time: String, data: [UInt8]) {
        self.id = id
        self.source = source
        self.type = type
        self.subject = subject
        self.time = time
        self.data = data
    }

    /// The attributes in the order in which they are written, without the specification's version.
    var attributes: [(name: String, value: String)] {
        [("id", id), ("source", source), ("type", type), ("subject", subject), ("time", time)]
    }
}
