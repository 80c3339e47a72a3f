/// What a load request brings in place of what lies in the repository.
package struct LoadOverride: Equatable, Sendable {
    /// A file of the model's directory.
    package struct File: Equatable, Sendable {
        package var version: Int64
        /// Plain name within the version's directory.
        package var name: String
        package var content: [UInt8]

        /// Names a file's content.
        package init(version: Int64, name: String, content: [UInt8]) {
            self.version = version
            self.name = name
            self.content = content
        }
    }

    /// The model's configuration as JSON, in place of `config.pbtxt`.
    package var configuration: [UInt8]
    /// If there are any, they are all that the model's directory holds.
    package var files: [File]

    /// Describes what a request has brought.
    package init(configuration: [UInt8], files: [File]) {
        self.configuration = configuration
        self.files = files
    }
}
