/// A document that an explanation rests on.
package struct Citation: Equatable, Sendable {
    /// What stands in brackets in the text, counted from 1.
    package var number: Int
    /// The document's identity in the knowledge base.
    package var id: String
    package var title: String
    /// How well it fits; comparable within one explanation only.
    package var score: Double

    /// Names a document.
    package init(number: Int, id: String, title: String, score: Double) {
        self.number = number
        self.id = id
        self.title = title
        self.score = score
    }
}
