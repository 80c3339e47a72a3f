/// Where pages of servers come from.
package protocol PageSource {
    /// Asks for a page.
    ///
    /// - Returns: the status and the body.
    /// - Throws: why there is no answer.
    func fetch(_ address: ServerAddress) throws(ViewFault) -> Page
}

/// An answer to a question.
package struct Page: Equatable, Sendable {
    package var status: Int
    package var body: [UInt8]

    /// Names an answer.
    package init(status: Int, body: [UInt8]) {
        self.status = status
        self.body = body
    }
}
