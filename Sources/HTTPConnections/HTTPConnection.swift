/// A connection as the list of its loop knows it, whatever version of HTTP it speaks.
///
/// - Isolation: the loop's thread.
protocol HTTPConnection: AnyObject {
    /// Place in the loop's list.
    var index: Int { get set }

    /// The server is ending: the connection closes as soon as what was begun on it is answered.
    func drainBegan()
}
