/// Labels as they stand between the braces of a sample.
extension MetricsPage {
    /// The labels of a model version.
    static func labels(of key: MetricsRegistry.Key) -> [UInt8] {
        let tags = key.tags.sorted { $0.key < $1.key }.map { ",_\($0)=\"\(escaped($1))\"" }
        let version = ",version=\"\(escaped(key.version))\""
        return labels(ofModel: key.model) + Array((version + tags.joined()).utf8)
    }

    /// The label of a model.
    static func labels(ofModel name: String) -> [UInt8] { Array("model=\"\(escaped(name))\"".utf8) }

    /// What our own series say besides about a split.
    static func routedLabel(_ isRouted: Bool) -> [UInt8] { isRouted ? Array(",routed=\"1\"".utf8) : [] }

    /// Label values escape backslash, quote and line feed.
    static func escaped(_ value: String) -> String {
        var result = ""
        for character in value.unicodeScalars {
            switch character {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n": result += "\\n"
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }
}
