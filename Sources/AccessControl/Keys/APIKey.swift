/// A key that callers may show: whose it is, what it opens, how often.
package struct APIKey: Sendable {
    /// What a key opens.
    package enum Scope: String, CaseIterable, Sendable {
        /// Inference.
        case infer
        /// Inference, and calls that change what the server does.
        case admin
    }

    package var id: APIKeyID
    /// For people; may be empty.
    package var name = ""
    package var scope = Scope.infer
    /// The models that may be used, by their names; nil for all.
    package var models: [String]?
    /// nil for none.
    package var limit: RateLimit?
    /// Seconds since 1970; nil where the file does not tell.
    package var createdSeconds: Int64?
    var digest: SecretDigest

    /// Names a key.
    package init(id: APIKeyID, digest: SecretDigest) {
        self.id = id
        self.digest = digest
    }
}
