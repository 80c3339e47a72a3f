/// What tables there are, version by version.
package struct StateSchema: Sendable {
    /// A step from one version to the next.
    package struct Version: Sendable {
        /// Counted from 1 without gaps.
        package let number: Int
        /// What the step has brought, as faults name it.
        package let name: String
        /// The tables that it has brought, in an order in which they can be filled.
        package let tables: [String]
        /// What makes them of the version before.
        package let statements: @Sendable (StateDialect) -> [String]

        /// Describes a version.
        package init(
            _ number: Int, _ name: String, tables: [String], statements: @escaping @Sendable (StateDialect) -> [String]
        ) {
            self.number = number
            self.name = name
            self.tables = tables
            self.statements = statements
        }
    }

    package let versions: [Version]

    /// - Precondition: versions are numbered 1, 2, …
    package init(_ versions: [Version]) {
        precondition(versions.map(\.number) == Array(1...max(1, versions.count)), "versions are numbered from 1")
        self.versions = versions
    }

    /// The tables of all versions.
    var tables: [String] { versions.flatMap(\.tables) }

    /// The version that the program works with.
    var latest: Version { versions[versions.count - 1] }

    /// The schema of this version of Rowan.
    package static let current = StateSchema([
        Version(1, "documents", tables: ["documents"]) { _ in
            [
                """
                CREATE TABLE documents (
                    kind TEXT NOT NULL,
                    name TEXT NOT NULL,
                    revision BIGINT NOT NULL,
                    changed_at BIGINT NOT NULL,
                    content TEXT NOT NULL,
                    PRIMARY KEY (kind, name)
                )
                """
            ]
        },
        Version(2, "knowledge", tables: ["knowledge"]) { dialect in
            [
                """
                CREATE TABLE knowledge (
                    id TEXT PRIMARY KEY,
                    title TEXT NOT NULL,
                    body TEXT NOT NULL,
                    service TEXT,
                    tenant TEXT,
                    happened_at BIGINT,
                    tags TEXT NOT NULL,
                    content_hash BIGINT NOT NULL,
                    chunks \(dialect.bytesType) NOT NULL,
                    encoder TEXT NOT NULL,
                    vectors \(dialect.bytesType) NOT NULL,
                    removed BIGINT NOT NULL,
                    revision BIGINT NOT NULL,
                    changed_at BIGINT NOT NULL
                )
                """,
                "CREATE UNIQUE INDEX knowledge_revision ON knowledge (revision)",
            ]
        },
    ])
}
