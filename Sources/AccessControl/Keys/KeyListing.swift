import JSONSyntax

/// What `rowan key` prints: everything about keys but what opens anything.
package enum KeyListing {
    /// A table for people, or an object on a line for each key.
    package static func text(of keys: [APIKey], asJSON: Bool) -> String {
        asJSON ? keys.map { json($0) + "\n" }.joined() : table(keys)
    }

    /// What is printed about a new key, once.
    package static func text(ofNew id: APIKeyID, _ key: String, asJSON: Bool) -> String {
        if asJSON { return "{\"id\":\"\(id)\",\"key\":\"\(key)\"}\n" }
        return "\(key)\n"
    }

    private static func table(_ keys: [APIKey]) -> String {
        let header = ["ID", "SCOPE", "RATE", "MODELS", "NAME"]
        let rows =
            [header]
            + keys.map { key in
                [
                    "\(key.id)", key.scope.rawValue,
                    key.limit.map { "\($0.requestsPerSecond)/s, \($0.burst)" } ?? "any",
                    key.models.map { shown($0.joined(separator: ",")) } ?? "all", shown(key.name),
                ]
            }
        let widths = header.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = row.enumerated().map { column, cell in
                column == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[column] + 2 - cell.count)
            }
            return cells.joined() + "\n"
        }.joined()
    }

    private static func json(_ key: APIKey) -> String {
        var members = [
            "\"id\":\"\(key.id)\"", "\"name\":\(JSONStringText.quoted(key.name))", "\"scope\":\"\(key.scope)\"",
        ]
        if let models = key.models {
            members.append("\"models\":[" + models.map(JSONStringText.quoted).joined(separator: ",") + "]")
        }
        if let limit = key.limit {
            members.append("\"requests_per_second\":\(limit.requestsPerSecond),\"burst\":\(limit.burst)")
        }
        if let created = key.createdSeconds { members.append("\"created\":\(created)") }
        return "{" + members.joined(separator: ",") + "}"
    }

    /// A text without what could move a terminal's cursor.
    private static func shown(_ text: String) -> String {
        let scalars = text.unicodeScalars.map { scalar in
            scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format
                ? "?" : String(scalar)
        }
        return scalars.joined()
    }
}
