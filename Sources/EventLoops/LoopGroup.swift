package import LinuxSystem
import Synchronization

/// The loops that serve one address together: how many connections they may have in all, how many each one has, and
/// the way from one to another.
///
/// The kernel spreads connections over listening sockets by a hash, so loops differ by chance. A loop that has accepted
/// a connection while another has far fewer gives it to that one, once. The limit is of all loops together: a loop with
/// a waiting client rests only if there is no room anywhere, and goes on when a connection of any loop closes.
///
/// - Isolation: any thread.
/// - Complexity: counters are touched when a connection is accepted and when it closes, never per request.
package final class LoopGroup: Sendable {
    /// What one loop of a group tells another.
    enum Message: Sendable {
        /// A connection that was accepted for the receiver and counts as its own already.
        case connection(HandedConnection)
        /// There may be room for a connection again.
        case placeFreed
    }

    /// A loop as the others see it.
    fileprivate final class Seat: Sendable {
        /// Twice the number of the loop's connections, those on their way to it included; odd while it takes none from
        /// others.
        let load = Atomic(1)
        /// Whether listeners of the loop rest for want of a place.
        let isResting = Atomic(false)
        /// Connections that the loop has accepted, also for others, and its ticks; only it writes them.
        let acceptedCount = Atomic(0)
        let tickCount = Atomic(0)
        /// Nil for a loop that is alone.
        let mailbox: Mailbox<Message>?

        init(_ mailbox: Mailbox<Message>?) { self.mailbox = mailbox }

        var connectionCount: Int { load.load(ordering: .relaxed) >> 1 }
    }

    private let connectionLimit: Int
    /// Places that are taken: by connections, and for a moment by a loop that looks whether there is one to accept.
    private let placeCount = Atomic(0)
    private let restingCount = Atomic(0)
    private let seats: [Seat]

    private init(_ seats: [Seat], connectionLimit: Int) {
        precondition(!seats.isEmpty && connectionLimit > 0, "a group has a loop and takes at least one connection")
        self.seats = seats
        self.connectionLimit = connectionLimit
    }

    /// Makes a group of several loops.
    ///
    /// - Parameter connectionLimit: most connections of all loops together.
    package convenience init(
        loopCount: Int, connectionLimit: Int, kernel: any KernelCalls = LinuxKernel()
    ) throws(SystemError) {
        var seats: [Seat] = []
        for _ in 0..<loopCount {
            seats.append(Seat(loopCount > 1 ? try Mailbox(kernel: kernel) : nil))
        }
        self.init(seats, connectionLimit: connectionLimit)
    }

    /// The membership of a loop that shares with no other.
    package static func alone(connectionLimit: Int = EventLoopsLimits.connectionsPerLoop) -> Member {
        LoopGroup([Seat(nil)], connectionLimit: connectionLimit).member(0)
    }

    /// The membership of one loop.
    package func member(_ index: Int) -> Member {
        precondition(seats.indices.contains(index), "a group has as many members as loops")
        return Member(group: self, index: index, seat: seats[index])
    }

    /// Open connections of all loops.
    package var connectionCount: Int { seats.reduce(0) { $0 + $1.connectionCount } }

    /// What one loop has done and has, for metrics.
    package struct LoopFigures: Equatable, Sendable {
        /// Connections that it has accepted, also those that it gave to others.
        package var acceptedCount: Int
        package var connectionCount: Int
        package var tickCount: Int
    }

    /// The figures of every loop, by their numbers.
    package var figures: [LoopFigures] {
        seats.map { seat in
            LoopFigures(
                acceptedCount: seat.acceptedCount.load(ordering: .relaxed), connectionCount: seat.connectionCount,
                tickCount: seat.tickCount.load(ordering: .relaxed))
        }
    }

    /// Lets go of a place, and lets every loop look again that found none.
    ///
    /// - Returns: whether the loop `index`, which calls this, is one of them.
    private func freePlace(for index: Int) -> Bool {
        // This and what `rest` does are in one order for all threads: either the place is seen there, or the rest here.
        placeCount.subtract(1, ordering: .sequentiallyConsistent)
        guard restingCount.load(ordering: .sequentiallyConsistent) > 0 else { return false }
        var hasRested = false
        for (other, seat) in seats.enumerated() where endRest(of: seat) {
            if other == index { hasRested = true } else { seat.mailbox?.send(.placeFreed) }
        }
        return hasRested
    }

    private func endRest(of seat: Seat) -> Bool {
        guard seat.isResting.exchange(false, ordering: .sequentiallyConsistent) else { return false }
        restingCount.subtract(1, ordering: .sequentiallyConsistent)
        return true
    }

    /// One loop's part in a group.
    ///
    /// - Isolation: the loop's thread.
    package struct Member: Sendable {
        fileprivate let group: LoopGroup
        fileprivate let index: Int
        fileprivate let seat: Seat

        /// Where the other loops of the group write to; nil if there are none.
        var mailbox: Mailbox<Message>? { seat.mailbox }

        // MARK: Places

        /// Takes a place for a connection that is about to be accepted, if there is one.
        func takePlace() -> Bool {
            if group.placeCount.add(1, ordering: .relaxed).newValue <= group.connectionLimit { return true }
            // Whoever is woken by this finds no place and rests again.
            group.placeCount.subtract(1, ordering: .relaxed)
            return false
        }

        /// Takes a place whether there is one or not.
        func takePlaceOverLimit() { group.placeCount.add(1, ordering: .relaxed) }

        /// Gives a place back that no connection came for.
        ///
        /// - Returns: whether the loop's own listeners may look again.
        func freePlace() -> Bool { group.freePlace(for: index) }

        /// Asks to be told when there is a place.
        ///
        /// - Returns: false if there is one already.
        func rest() -> Bool {
            if !seat.isResting.exchange(true, ordering: .sequentiallyConsistent) {
                group.restingCount.add(1, ordering: .sequentiallyConsistent)
            }
            if group.placeCount.load(ordering: .sequentiallyConsistent) >= group.connectionLimit { return true }
            return !group.endRest(of: seat)
        }

        /// Counts a tick of the loop.
        func tickBegan() { Self.increment(seat.tickCount) }

        /// The loop is the only one that writes, hence no read-modify-write is needed.
        private static func increment(_ counter: borrowing Atomic<Int>) {
            counter.store(counter.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
        }

        // MARK: Connections

        /// Counts a connection that the loop has taken from the kernel, for itself or another.
        func connectionTaken() { Self.increment(seat.acceptedCount) }

        /// Counts a connection that the loop has accepted for itself.
        func connectionAccepted() { seat.load.add(2, ordering: .relaxed) }

        /// Counts a connection of the loop that has closed and gives its place back.
        ///
        /// - Returns: whether the loop's own listeners may look again.
        func connectionClosed() -> Bool {
            seat.load.subtract(2, ordering: .relaxed)
            return group.freePlace(for: index)
        }

        /// Connections of the loop, those on their way to it included.
        var connectionCount: Int { seat.connectionCount }

        // MARK: Handing over

        /// Begins or ceases to take connections from other loops; those on their way come all the same.
        func setTakesFromOthers(_ takes: Bool) {
            if takes {
                seat.load.bitwiseAnd(~1, ordering: .relaxed)
            } else {
                seat.load.bitwiseOr(1, ordering: .relaxed)
            }
        }

        /// Finds a loop that has far fewer connections than this one and counts one more for it.
        ///
        /// - Returns: whom to send the connection to; nil if this loop is to keep it.
        func reserveElsewhere() -> Int? {
            let own = connectionCount
            guard group.seats.count > 1, own >= EventLoopsLimits.handOverDifference else { return nil }
            var least: (index: Int, load: Int)?
            for (other, seat) in group.seats.enumerated() where other != index {
                let load = seat.load.load(ordering: .relaxed)
                if load & 1 == 0, load < least?.load ?? .max { least = (other, load) }
            }
            guard let least, own >= 2 * (least.load >> 1) + EventLoopsLimits.handOverDifference else { return nil }
            // A loop that has begun to refuse, or has got another one meanwhile, is left alone.
            let reservation = group.seats[least.index].load.compareExchange(
                expected: least.load, desired: least.load + 2, ordering: .relaxed)
            return reservation.exchanged ? least.index : nil
        }

        /// Sends a connection to the loop that a place was reserved at.
        func send(_ connection: HandedConnection, to other: Int) {
            guard let mailbox = group.seats[other].mailbox else {
                preconditionFailure("loops of a group have mailboxes")
            }
            mailbox.send(.connection(connection))
        }
    }
}
