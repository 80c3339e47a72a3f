/// What stands under one heading of a document.
package struct DocumentSection: Equatable, Sendable {
    /// Empty for text in front of the first heading.
    package let heading: String
    /// Without white space at its ends.
    package let text: String

    /// Describes a section.
    package init(heading: String, text: String) {
        self.heading = heading
        self.text = text
    }
}
