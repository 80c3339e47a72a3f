import Synchronization

/// One place of state for several threads of a process: each opens a store of its own.
///
/// A directory belongs to the process from the first store on, as long as the source lives.
///
/// - Isolation: any thread; the lock is held while a store is opened, never by a loop.
package final class StateSource: Sendable {
    /// Where the state is.
    package let location: StateLocation
    private let lock = Mutex<StateStore.Lock?>(nil)

    /// Names a place; nothing is opened.
    package init(_ location: StateLocation) { self.location = location }

    /// Opens a store for one thread.
    ///
    /// - Parameter now: nanoseconds since 1970; asked if state has to be made.
    package func open(now: () -> Int64) throws(StateFault) -> StateStore {
        let lock = try lock.withLock { (held) throws(StateFault) -> StateStore.Lock? in
            if held == nil, case .directory(let path) = location { held = try StateStore.lock(path) }
            return held
        }
        return try StateStore(at: location, for: .serving, lock: lock, now: now)
    }
}
