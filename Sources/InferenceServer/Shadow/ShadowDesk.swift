import EventLoops
import LinuxSystem
import ModelRepository
import TrafficSplitting

/// One loop's part in shadows: chooses requests to splits, copies them, and passes the copies on when their answers
/// have left.
///
/// - Isolation: the loop's thread.
/// - Complexity: a request to a split without a shadow costs a comparison; one that is chosen, a copy of its bytes. No
///   allocation once copies have grown to the requests.
final class ShadowDesk: TickObserver {
    /// A split with a shadow.
    private final class Desk {
        let lane: ShadowLane
        /// Requests whose draw is below this are chosen.
        let threshold: UInt64
        var free: [ShadowCopy] = []
        /// Copies whose answers were written in this tick.
        var answered: [ShadowCopy] = []

        init(_ lane: ShadowLane) {
            self.lane = lane
            let fraction = lane.shadow.sampleFraction
            threshold = fraction >= 1 ? .max : UInt64(fraction * 0x1p64)
        }
    }

    private let shadows: ShadowThread
    private let loopCount: Int
    /// By slot of the table; nil where there is no split with a shadow.
    private var desks: [Desk?] = []
    /// Desks with copies to pass on.
    private var due: [Desk] = []
    private var draws: UInt64
    private var isAny = false

    /// Makes the part of one of several loops.
    ///
    /// - Parameter seed: where its draws begin.
    init(_ shadows: ShadowThread, loopCount: Int, seed: UInt64) {
        self.shadows = shadows
        self.loopCount = loopCount
        draws = seed
    }

    /// Serves the splits of a table from now on.
    func adopt(_ table: ServingTable, before: ServingTable) {
        let former = desks
        desks = table.slots.enumerated().map { slot, model in
            guard let split = model?.split, let shadow = split.shadow else { return nil }
            if slot < before.slots.count, before.slots[slot] === model, slot < former.count { return former[slot] }
            return Desk(shadows.open(split, shadow, capacity: max(1, shadow.queueLimit / loopCount)))
        }
        for desk in former {
            guard let desk, !desks.contains(where: { $0 === desk }) else { continue }
            desk.lane.close()
        }
        isAny = desks.contains { $0 != nil }
    }

    /// Copies a request that has joined its variant's batch, if it is chosen.
    ///
    /// - Parameter order: what was asked for.
    /// - Parameter routed: who answers.
    func copy(_ order: InferenceOrder, _ body: Span<UInt8>, _ routed: RoutedAnswer) -> ShadowCopy? {
        guard isAny, let desk = desks[routed.variant.splitSlot] else { return nil }
        return copy(order, body, variant: routed.variant.index, at: desk)
    }

    private func copy(
        _ order: InferenceOrder, _ body: Span<UInt8>, variant: Int, at desk: Desk
    ) -> ShadowCopy? {
        guard variant != desk.lane.shadow.variant, isChosen(desk) else { return nil }
        let bytes = order.form.isMessage ? body.extracting(order.message) : body
        guard bytes.count <= ShadowLimits.bodyByteCount else { return skip(desk, .skipped) }
        guard desk.lane.split.available >> UInt64(desk.lane.shadow.variant) & 1 == 1 else {
            return skip(desk, .unavailable)
        }
        if desk.free.isEmpty {
            // Copies are passed on at the end of the tick only: until then their answers have not left.
            var nothing: [ShadowCopy] = []
            _ = desk.lane.exchange(answered: &nothing, free: &desk.free)
        }
        guard let copy = desk.free.popLast() else { return skip(desk, .dropped) }
        copy.withContent { content in
            content.body.removeAll()
            content.body.append(bytes)
            content.headerLength = order.headerLength
            content.isMessage = order.form.isMessage
            content.variant = variant
        }
        desk.lane.count(.copied)
        return copy
    }

    private func skip(_ desk: Desk, _ cell: ShadowLane.Cell) -> ShadowCopy? {
        desk.lane.count(cell)
        return nil
    }

    private func isChosen(_ desk: Desk) -> Bool {
        if desk.threshold == .max { return true }
        draws &+= 0x9e37_79b9_7f4a_7c15
        return StableHash.mixed(draws) < desk.threshold
    }

    /// A request was not answered by its loop's batch, and so is not compared.
    func skipped(_ routed: RoutedAnswer?) {
        guard isAny, let routed, let desk = desks[routed.variant.splitSlot],
            routed.variant.index != desk.lane.shadow.variant, isChosen(desk)
        else { return }
        desk.lane.count(.skipped)
    }

    /// The answer to a copied request was written.
    func answered(_ copy: ShadowCopy, _ routed: RoutedAnswer) {
        guard let desk = desks[routed.variant.splitSlot] else { return }
        if desk.answered.isEmpty { due.append(desk) }
        desk.answered.append(copy)
    }

    /// Passes on what was answered: the answers have been handed to the kernel.
    func tickEnded(on loop: EventLoop) -> TickContinuation {
        guard !due.isEmpty else { return .wait }
        due.removeAll { $0.lane.exchange(answered: &$0.answered, free: &$0.free) }
        shadows.wake()
        return .wait
    }
}
