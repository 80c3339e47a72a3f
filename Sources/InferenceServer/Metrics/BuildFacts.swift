/// Which build of the program runs.
package struct BuildFacts: Sendable, Equatable {
    /// The version of the product.
    package let version = ServerVersion.text
    /// The commit of its sources, or what stands for an unknown one.
    package var commit: String
    /// What compiled it.
    package var compiler: String

    /// Names a build.
    package init(commit: String = "unknown", compiler: String = "unknown") {
        self.commit = commit
        self.compiler = compiler
    }
}
