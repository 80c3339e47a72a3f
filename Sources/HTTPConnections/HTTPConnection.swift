/// A connection as the list of its loop knows it, whatever version of HTTP it speaks.
///
/// - Isolation: the loop's thread.
protocol HTTPConnection: AnyObject {
    /// Place in the loop's list.
    var index: Int { get set }

    /// The server is ending: the connection closes as soon as what was begun on it is answered.
    func drainBegan()

    /// Bytes of answers that the client has not taken, and what they have cost, with `index` as the place.
    var waiting: BacklogShare.Candidate { get }

    /// Ends the connection and lets go of its answers.
    func giveUpAnswers()
}
