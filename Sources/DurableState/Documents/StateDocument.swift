/// A text under a name, with the number of its changes.
package struct StateDocument: Equatable, Sendable {
    package let name: String
    /// 1 when it was made; one more with each change.
    package let revision: Int
    /// Nanoseconds since 1970.
    package let changedAt: Int64
    package let content: String

    /// Describes a document.
    package init(name: String, revision: Int, changedAt: Int64, content: String) {
        self.name = name
        self.revision = revision
        self.changedAt = changedAt
        self.content = content
    }
}
