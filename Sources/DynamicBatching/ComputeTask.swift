/// Work that is too long for a loop.
///
/// - Isolation: made on a loop, run on a thread of the pool, finished on the loop again.
package protocol ComputeTask: AnyObject, Sendable {
    /// Whether `run` is short, because most of the work is in what it leaves.
    ///
    /// Such a task begins as soon as a thread has finished its part of another; what runs for long on one thread waits
    /// until there are no parts to be had, but not for ever.
    var runsShortly: Bool { get }

    /// Does what one thread has to do alone.
    ///
    /// - Returns: what is left for all threads; nil: nothing.
    func run() -> (any SharedWork)?
}

/// Work on many rows, done by several threads in parts.
///
/// - Isolation: any thread; a part is worked on by one.
package protocol SharedWork: AnyObject, Sendable {
    var rowCount: Int { get }
    /// Parts are multiples of so many rows, but for the last one.
    var blockRowCount: Int { get }

    /// Works on some rows; every row is in exactly one part.
    func work(on rows: Range<Int>)

    /// Ends the work; called once, by the thread that has finished the last part.
    func finish()
}
