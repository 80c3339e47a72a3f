/// Something that all responses of a model version say about themselves.
package struct ResponseParameter: Equatable, Sendable {
    package var name: String
    package var value: String

    /// Describes a parameter.
    package init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}
