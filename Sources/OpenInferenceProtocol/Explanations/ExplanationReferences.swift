package import LinuxSystem

/// What an answer says about its anomalous rows: the identities of those that are explained, and how many are not.
///
/// Identities of one answer follow each other.
package struct ExplanationReferences: Equatable, Sendable {
    /// That of the first anomalous row; means nothing if there is none.
    package let first: ExplanationIdentity
    /// Anomalous rows that are explained.
    package let count: Int
    /// Anomalous rows that are not, because too many wait.
    package let droppedCount: Int

    /// The response parameter that says that not all identities are listed.
    package static var truncatedName: StaticString { "rowan_explanation_truncated" }
    /// The response parameter with the number of rows that are not explained.
    package static var droppedName: StaticString { "rowan_explanation_dropped" }

    /// Names rows.
    ///
    /// - Precondition: there is an anomalous row.
    package init(first: ExplanationIdentity, count: Int, droppedCount: Int) {
        precondition(
            count >= 0 && droppedCount >= 0 && count + droppedCount > 0, "an answer without anomalies is silent")
        self.first = first
        self.count = count
        self.droppedCount = droppedCount
    }

    /// Identities that an answer lists.
    private var listedCount: Int { min(count, OpenInferenceProtocolLimits.listedExplanations) }

    package var isTruncated: Bool { count > listedCount }

    /// Bytes of the list.
    package var listByteCount: Int {
        var byteCount = max(0, listedCount - 1)
        for index in 0..<listedCount { byteCount += identity(index).byteCount }
        return byteCount
    }

    /// Appends the identities, with commas between them.
    ///
    /// - Complexity: linear in the list; no allocation if the buffer has room.
    package func appendList(to buffer: inout ByteBuffer) {
        for index in 0..<listedCount {
            if index > 0 { buffer.append(UInt8(ascii: ",")) }
            identity(index).append(to: &buffer)
        }
    }

    private func identity(_ index: Int) -> ExplanationIdentity {
        ExplanationIdentity(origin: first.origin, sequence: first.sequence &+ UInt64(index))
    }

    /// Appends the members of the response's parameters, each behind a comma but for the first.
    func appendMembers(to buffer: inout ByteBuffer, isFirst: Bool) {
        var separator: StaticString = isFirst ? "\"" : ",\""
        if count > 0 {
            buffer.append(separator)
            buffer.append(ExplanationIdentity.parameterName)
            buffer.append("\":\"")
            appendList(to: &buffer)
            buffer.append("\"")
            separator = ",\""
        }
        if isTruncated {
            buffer.append(separator)
            buffer.append(Self.truncatedName)
            buffer.append("\":true")
        }
        if droppedCount > 0 {
            buffer.append(separator)
            buffer.append(Self.droppedName)
            buffer.append("\":")
            buffer.appendDecimal(droppedCount)
        }
    }
}
