import HTTPConnections

extension OpenAPIOperation {
    /// Reading and changing what a path sets.
    ///
    /// - Parameters:
    ///   - id: of reading; that of changing ends with `Update`.
    ///   - subject: what is set, as it ends a sentence.
    ///   - schema: of the settings; the schema of a request is that with `Update` behind it.
    static func settingOperations(
        _ path: String, id: String, _ subject: String, schema: String
    ) -> [OpenAPIOperation] {
        [
            OpenAPIOperation(
                path: path, method: .get, id: id, group: .settings, summary: "The settings of \(subject)",
                answers: [Answer(.ok, "The settings.", .json(schema))]),
            OpenAPIOperation(
                path: path, method: .post, id: id + "Update", group: .settings,
                summary: "Change settings of \(subject)",
                request: Request(
                    content: .json(schema + "Update"), isRequired: false,
                    example: schema == "LogSettings" ? #"{"log_verbose_level": 1}"# : #"{"trace_rate": "1000"}"#),
                answers: [
                    Answer(.ok, "The settings that hold now.", .json(schema)),
                    .error(.forbidden, "The caller may not."),
                    .error(.notImplemented, "The setting cannot be changed over the network."),
                    .error(.serviceUnavailable, "The log has no such format."),
                ], isAdministrative: true),
        ]
    }
}
