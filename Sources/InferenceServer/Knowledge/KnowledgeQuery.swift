import KnowledgeRetrieval
import OpenInferenceProtocol

/// Reads the queries of calls about knowledge.
enum KnowledgeQuery {
    private static let searchNames = ["q", "service", "tenant", "tag", "name", "limit", "fusion"]
    private static let listNames = ["after", "limit"]

    /// What is searched for; of a log record as it stands the message counts.
    static func search(_ parameters: QueryParameters) throws(ProtocolError) -> RetrievalQuery {
        try check(parameters, searchNames)
        guard let text = parameters["q"], !text.isEmpty else {
            throw ProtocolError(.invalidArgument, "'q' is missing: what is to be found, or a log record")
        }
        let limit = KnowledgeRetrievalLimits.queryByteCount
        guard text.utf8.count <= limit else {
            throw ProtocolError(.invalidArgument, "'q' has more than \(limit) bytes")
        }
        var query = RetrievalQuery(message: LogMessage(record: text).text)
        query.service = parameters["service"]
        query.tenant = parameters["tenant"]
        query.tags = parameters.all("tag")
        query.names = parameters.all("name")
        if let number = try number(parameters, "limit", KnowledgeRetrievalLimits.queryDocuments) {
            query.limit = number
        }
        if let name = parameters["fusion"] {
            guard let fusion = RetrievalQuery.Fusion(rawValue: name) else {
                let names = RetrievalQuery.Fusion.allCases.map(\.rawValue).joined(separator: " or ")
                throw ProtocolError(.invalidArgument, "'fusion' is \(names)")
            }
            query.fusion = fusion
        }
        return query
    }

    /// What page of the list is asked for.
    static func page(_ parameters: QueryParameters) throws(ProtocolError) -> (after: String?, limit: Int) {
        try check(parameters, listNames)
        return (parameters["after"], try number(parameters, "limit", KnowledgeCallLimits.pageSize) ?? 100)
    }

    private static func check(_ parameters: QueryParameters, _ names: [String]) throws(ProtocolError) {
        for name in parameters.names where !names.contains(name) {
            throw ProtocolError(
                .invalidArgument, "'\(name.prefix(64))' is no parameter: there are \(names.joined(separator: ", "))")
        }
    }

    private static func number(
        _ parameters: QueryParameters, _ name: String, _ range: ClosedRange<Int>
    ) throws(ProtocolError) -> Int? {
        guard let text = parameters[name] else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw ProtocolError(
                .invalidArgument, "'\(name)' is a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }
}
