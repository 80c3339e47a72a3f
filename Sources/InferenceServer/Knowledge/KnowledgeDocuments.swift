package import KnowledgeRetrieval
import LinuxSystem
import ModelMonitoring
import OpenInferenceProtocol

/// What calls about knowledge are answered, as JSON.
package enum KnowledgeDocuments {
    /// What was found, as a text.
    package static func text(of answer: RetrievalAnswer, for query: RetrievalQuery) -> String {
        text { append(answer, of: query, to: &$0) }
    }

    /// What is written, as a text.
    static func text(_ write: (inout ByteBuffer) -> Void) -> String {
        var reply = ByteBuffer()
        write(&reply)
        return reply.withBytes { $0.text($0.indices) }
    }

    /// A page of the list.
    ///
    /// - Parameter next: the id that the next page begins behind; nil for the last page.
    static func append(
        _ documents: [KnowledgeDocument], next: String?, _ base: KnowledgeLibrary, to reply: inout ByteBuffer
    ) {
        let figures = base.figures
        reply.append("{\"document_count\":")
        reply.appendDecimal(figures.documents)
        reply.append(",\"chunk_count\":")
        reply.appendDecimal(figures.chunks)
        reply.append(",\"vector_count\":")
        reply.appendDecimal(figures.vectors)
        reply.append(figures.isLoaded ? ",\"loaded\":true" : ",\"loaded\":false" as StaticString)
        appendMember(",\"encoder\":", base.encoder?.name, to: &reply)
        reply.append(",\"documents\":[")
        for (index, document) in documents.enumerated() {
            reply.append(index == 0 ? "{" : ",{" as StaticString)
            appendHead(document.id, document.title, document.service, document.time, document.tags, to: &reply)
            appendMember(",\"tenant\":", document.tenant, to: &reply)
            reply.append(",\"chunk_count\":")
            reply.appendDecimal(base.chunkCount(of: document.id))
            reply.append("}")
        }
        reply.append("]")
        appendMember(",\"next\":", next, to: &reply)
        reply.append("}")
    }

    /// What was found.
    static func append(_ answer: RetrievalAnswer, of query: RetrievalQuery, to reply: inout ByteBuffer) {
        reply.append("{\"message\":")
        reply.appendJSONString(query.message)
        reply.append(answer.isKeywordOnly ? ",\"keyword_only\":true" : ",\"keyword_only\":false" as StaticString)
        reply.append(",\"fusion\":")
        reply.appendJSONString(query.fusion.rawValue)
        reply.append(",\"documents\":[")
        for (index, document) in answer.documents.enumerated() {
            reply.append(index == 0 ? "{" : ",{" as StaticString)
            appendHead(document.id, document.title, document.service, document.time, document.tags, to: &reply)
            reply.append(",\"score\":")
            reply.appendNumber(document.score)
            reply.append(",\"excerpt\":")
            reply.appendJSONString(document.excerpt)
            append(document.why, to: &reply)
            reply.append("}")
        }
        reply.append("]}")
    }

    private static func append(_ reason: RetrievedDocument.Reason, to reply: inout ByteBuffer) {
        reply.append(",\"why\":{\"terms\":")
        appendList(reason.terms, to: &reply)
        if let rank = reason.keywordRank {
            reply.append(",\"keyword_rank\":")
            reply.appendDecimal(rank)
        }
        if let score = reason.keywordScore {
            reply.append(",\"keyword_score\":")
            reply.appendNumber(Double(score))
        }
        if let rank = reason.vectorRank {
            reply.append(",\"vector_rank\":")
            reply.appendDecimal(rank)
        }
        if let similarity = reason.similarity {
            reply.append(",\"similarity\":")
            reply.appendNumber(Double(similarity))
        }
        reply.append("}")
    }

    /// What became of documents that were brought.
    static func append(_ outcome: KnowledgeKeeper.Outcome, ids: [String], to reply: inout ByteBuffer) {
        reply.append("{\"added\":")
        reply.appendDecimal(outcome.added)
        reply.append(",\"replaced\":")
        reply.appendDecimal(outcome.replaced)
        reply.append(",\"unchanged\":")
        reply.appendDecimal(outcome.unchanged)
        reply.append(",\"ids\":")
        appendList(Array(ids.prefix(KnowledgeCallLimits.listedIds)), to: &reply)
        reply.append("}")
    }

    private static func appendHead(
        _ id: String, _ title: String, _ service: String?, _ time: Int64?, _ tags: [String],
        to reply: inout ByteBuffer
    ) {
        reply.append("\"id\":")
        reply.appendJSONString(id)
        reply.append(",\"title\":")
        reply.appendJSONString(title)
        appendMember(",\"service\":", service, to: &reply)
        if let time {
            reply.append(",\"time\":")
            reply.appendDecimal(Int(time))
        }
        reply.append(",\"tags\":")
        appendList(tags, to: &reply)
    }

    /// A member that is a text, if there is one.
    private static func appendMember(_ name: StaticString, _ text: String?, to reply: inout ByteBuffer) {
        guard let text else { return }
        reply.append(name)
        reply.appendJSONString(text)
    }

    private static func appendList(_ texts: [String], to reply: inout ByteBuffer) {
        reply.append("[")
        for (index, text) in texts.enumerated() {
            if index > 0 { reply.append(",") }
            reply.appendJSONString(text)
        }
        reply.append("]")
    }
}
