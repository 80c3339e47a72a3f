/// Where the sources and the built programs of this package are.
package enum RepositoryRoot {
    /// The folder that holds `Package.swift`, without a slash at its end.
    package static let path: String = {
        // This file is Tests/TestSupport/RepositoryRoot.swift.
        let components = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        return components.dropLast(3).joined(separator: "/")
    }()
}
