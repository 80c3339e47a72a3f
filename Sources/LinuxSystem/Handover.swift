import Synchronization

/// A place where one thread leaves one value for another that waits for it.
///
/// - Isolation: any thread; each of the two functions is called once.
package final class Handover<Value: Sendable>: Sendable {
    private let value = Mutex<Value?>(nil)
    private let isThere = ThreadSemaphore()

    package init() {}

    /// Leaves the value.
    package func give(_ given: Value) {
        value.withLock { held in
            precondition(held == nil, "a value was handed over twice")
            held = given
        }
        isThere.signal()
    }

    /// Waits for the value and takes it.
    package func take() -> Value {
        isThere.wait()
        return value.withLock { held in
            guard let given = held.take() else { preconditionFailure("a value was taken twice") }
            return given
        }
    }
}
