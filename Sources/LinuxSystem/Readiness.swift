import CShims

/// What a descriptor is watched for, and what has become of it.
package struct Readiness: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Something can be received or accepted, perhaps the end.
    package static let input = Readiness(rawValue: rowan_epollin)
    /// Something can be sent.
    package static let output = Readiness(rawValue: rowan_epollout)
    /// The peer has finished sending.
    package static let peerFinished = Readiness(rawValue: rowan_epollrdhup)
    /// The connection has failed; reported without being asked for.
    package static let failure = Readiness(rawValue: rowan_epollerr)
    /// Both directions are over; reported without being asked for.
    package static let hangUp = Readiness(rawValue: rowan_epollhup)
    /// Report a state once when it begins instead of as long as it lasts.
    package static let edgeTriggered = Readiness(rawValue: rowan_epollet)

    // Plain bit tests for the loop's hot path: across modules the set operations are not specialised, and a literal
    // of several members allocates an array.

    /// Whether the connection has failed.
    package var hasFailure: Bool { rawValue & rowan_epollerr != 0 }
    /// Whether something can be received, the end included.
    package var hasInput: Bool { rawValue & (rowan_epollin | rowan_epollrdhup | rowan_epollhup) != 0 }
    /// Whether the peer will send nothing more.
    package var hasEnd: Bool { rawValue & (rowan_epollrdhup | rowan_epollhup) != 0 }
    /// Whether something can be sent.
    package var hasOutput: Bool { rawValue & rowan_epollout != 0 }
}

/// One descriptor's news.
package struct PollEvent: Equatable, Sendable {
    /// What the descriptor is ready for.
    package let readiness: Readiness
    /// The tag under which it is watched.
    package let tag: UInt64

    package init(readiness: Readiness, tag: UInt64) {
        self.readiness = readiness
        self.tag = tag
    }
}

/// Room for the events of one wait.
@safe
package struct PollEventBuffer: ~Copyable {
    private let base: UnsafeMutablePointer<epoll_event>
    /// Most events that one wait can report.
    package let capacity: Int
    /// Number of events held.
    package private(set) var count = 0

    package init(capacity: Int) {
        precondition(capacity > 0, "a buffer for events has room for one")
        unsafe base = UnsafeMutablePointer<epoll_event>.allocate(capacity: capacity)
        unsafe base.initialize(repeating: epoll_event(), count: capacity)
        self.capacity = capacity
    }

    deinit { unsafe base.deallocate() }

    /// One event, in the kernel's order.
    package subscript(_ index: Int) -> PollEvent {
        precondition(index >= 0 && index < count, "index outside the events held")
        // All events of the allocation are initialised; the packed structure is read by value.
        let event = unsafe base[index]
        return unsafe PollEvent(readiness: Readiness(rawValue: event.events), tag: event.data.u64)
    }

    /// Appends an event; what a scripted kernel does.
    package mutating func append(_ event: PollEvent) {
        precondition(count < capacity, "more events than there is room for")
        unsafe base[count] = epoll_event(events: event.readiness.rawValue, data: epoll_data_t(u64: event.tag))
        count += 1
    }

    /// Forgets all events.
    package mutating func removeAll() { count = 0 }

    /// Lets the kernel replace the events.
    mutating func replace(_ wait: (UnsafeMutablePointer<epoll_event>, Int32) -> Int32) -> Int32 {
        let number = unsafe wait(base, Int32(capacity))
        count = Int(Swift.max(number, 0))
        return number
    }
}
