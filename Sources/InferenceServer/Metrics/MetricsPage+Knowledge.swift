import KnowledgeRetrieval
import LinuxSystem

/// What is known, and how long it takes to find it.
extension MetricsPage {
    static func write(_ knowledge: ProcessFigures.Knowledge, to page: inout ByteBuffer) {
        page.append(
            "rowan_knowledge_documents", "gauge", "Documents that explanations draw on.",
            value: UInt64(knowledge.figures.documents))
        page.append(
            "rowan_knowledge_chunks", "gauge", "Chunks of these documents.", value: UInt64(knowledge.figures.chunks))
        page.append(
            "rowan_knowledge_vectors", "gauge", "Chunks that have a vector.", value: UInt64(knowledge.figures.vectors))
        page.appendFamily(
            "rowan_vector_search_seconds", "histogram", "Searches by words and vectors, without the query's vector.")
        let labels: [UInt8] = []
        page.appendHistogram(
            "rowan_vector_search_seconds", labels: labels.span, "store=\"", "memory", cells: knowledge.searches,
            from: 0)
    }
}
