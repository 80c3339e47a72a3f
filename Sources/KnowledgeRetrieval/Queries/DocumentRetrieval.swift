/// Finds documents that fit what happened.
///
/// - Isolation: any thread but a loop that answers clients: a search takes milliseconds.
package protocol DocumentRetrieval: Sendable {
    /// The documents that fit best.
    func documents(for query: RetrievalQuery) -> RetrievalAnswer
}
