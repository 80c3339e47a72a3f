import AccessControl
import DynamicBatching
import HTTPConnections
import LinuxSystem
import ModelRepository
import OpenInferenceProtocol
import TrafficSplitting

/// Requests to splits: who answers them is decided as soon as their key is known, and from there they go the way of a
/// request to that variant, with other names in the answer.
///
/// They count for the split and for the variant, as requests to ensembles do.
extension InferenceHandler {
    /// Finds the splits of the table and their variants' slots.
    func adoptSplits(before: ServingTable) {
        let former = routers
        routedCounts.append(contentsOf: repeatElement(0, count: max(0, table.slots.count - routedCounts.count)))
        routers = table.slots.enumerated().map { slot, model in
            guard let model, let split = model.split else { return nil }
            if slot < before.slots.count, before.slots[slot] === model, slot < former.count { return former[slot] }
            return router(for: split, slot: slot)
        }
        hasSplits = routers.contains { $0 != nil }
    }

    /// Routes a split under the weights that hold now.
    private func router(for split: TrafficSplit, slot: Int) -> SplitRouter {
        SplitRouter(split, slot: slot, metrics[slot], weights: state.monitoring.weights(of: split)) { member in
            table.slots.firstIndex { $0 === member }
        }
    }

    /// The weights of a split have changed; requests in work go on as they were decided.
    func reweigh(_ name: String) {
        for slot in routers.indices {
            guard let split = table.slots[slot]?.split, split.name == name else { continue }
            routers[slot] = router(for: split, slot: slot)
        }
    }

    /// Begins the routing of a request; nil if it is to no split.
    ///
    /// - Throws: if the head has a faulty key.
    func beginRouting(
        slot: Int, _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>, _ exchange: HTTPExchange
    ) throws(ProtocolError) -> Routing? {
        guard hasSplits, let router = routers[slot] else { return nil }
        let keyHash = try router.keyHash(head, bytes)
        return Routing(
            splitSlot: slot, keyHash: keyHash, isSecure: keyHash == nil && isSecure(head, bytes, exchange))
    }

    private static let forwardedProto = HTTPFieldName("x-forwarded-proto")

    /// Whether a client has come over TLS: to this server, or to a proxy that is trusted and says so.
    private func isSecure(
        _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>, _ exchange: HTTPExchange
    ) -> Bool {
        if exchange.security != nil { return true }
        guard let scheme = head.value(of: Self.forwardedProto, in: bytes) else { return false }
        return bytes.matches(scheme, "https") && options.trustedProxies.contains(exchange.peer)
    }

    /// The same for a message of a call whose head the stream has.
    ///
    /// The head of a call with many messages has left when the first one comes: a new key is that of all its messages
    /// that bring none, and lasts as long as the call does.
    func beginRouting(slot: Int, on stream: HTTP2Stream) throws(ProtocolError) -> Routing? {
        guard hasSplits, routers[slot] != nil else { return nil }
        let begun: Result<Routing?, ProtocolError> = stream.withHead { head, bytes in
            do throws(ProtocolError) {
                return .success(try beginRouting(slot: slot, head, bytes, stream))
            } catch {
                return .failure(error)
            }
        }
        var routing = try begun.get()
        if let call = streams[ObjectIdentifier(stream)], routing?.keyHash == nil {
            let key = call.ownKey ?? StickyKey(using: &keyGenerator)
            call.ownKey = key
            routing?.prepare(key)
        }
        return routing
    }

    /// An order with its routing, and what is wrong with its key as a refusal.
    func routing(
        _ order: InferenceOrder, _ begin: (Int) throws(ProtocolError) -> Routing?
    ) throws(CallRefusal) -> InferenceOrder {
        var order = order
        do throws(ProtocolError) {
            order.routing = try begin(order.slot)
            return order
        } catch {
            throw .fault(error)
        }
    }

    /// Decides who answers a request, which is his from then on; nil if it is to no split.
    func route(_ order: inout InferenceOrder, _ body: Span<UInt8>) throws(ProtocolError) -> RoutedAnswer? {
        guard var routing = order.routing, let router = routers[routing.splitSlot] else { return nil }
        let variant = try routing.decide(
            by: router, order, body, scratch: &stickyKey, StickyKey(using: &keyGenerator))
        order.slot = variant.slot
        return RoutedAnswer(
            variant: variant, keyHash: routing.keyHash ?? 0, newKey: routing.newKey, isSecure: routing.isSecure)
    }

    /// A request to a split is in work, so that its slot is not given away.
    func routedRequestBegan(_ routed: RoutedAnswer?) {
        guard let routed else { return }
        routedCounts[routed.variant.splitSlot] += 1
    }

    /// Such a request has ended.
    func routedRequestEnded(_ routed: RoutedAnswer?) {
        guard let routed else { return }
        routedCounts[routed.variant.splitSlot] -= 1
    }

    /// Counts an answer for the model that has given it, and for the split that has asked it.
    func count(
        _ request: ModelMetrics.Request, for metrics: ModelMetrics, _ routed: RoutedAnswer?, end: Nanoseconds
    ) {
        let buckets = ModelMetrics.Buckets(of: request)
        metrics.answered(request, buckets)
        routed?.variant.splitMetrics.answeredByVariant(request, buckets, end: end)
    }
}
