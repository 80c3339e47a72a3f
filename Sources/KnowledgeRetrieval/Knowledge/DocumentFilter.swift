/// Which documents a query may find: judged before anything is ranked, so that what is left out costs no place.
struct DocumentFilter {
    private let query: RetrievalQuery
    private let tags: Set<String>

    init(_ query: RetrievalQuery) {
        self.query = query
        tags = Set(query.tags)
    }

    /// Whether documents without a tenant are all admitted.
    var admitsAllWithoutTenant: Bool { query.service == nil && query.times == nil && tags.isEmpty }

    func admits(_ document: KnowledgeDocument) -> Bool {
        if let tenant = document.tenant, tenant != query.tenant { return false }
        if let wanted = query.service, let service = document.service, service != wanted { return false }
        if let times = query.times, let time = document.time, !times.contains(time) { return false }
        return tags.isEmpty || document.tags.contains(where: tags.contains)
    }
}
