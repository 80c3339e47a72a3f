extension ServingTable {
    /// Whether an ensemble calls the model of a slot, so that its requests count for it.
    ///
    /// - Complexity: looks at the models of every ensemble; allocates nothing.
    /// - Parameter ended: slots of models that answer no more.
    package func isCalled(_ slot: Int, besides ended: Set<Int>) -> Bool {
        guard let model = slots[slot] else { return false }
        return slots.indices.contains { caller in
            guard let ensemble = slots[caller], !ended.contains(caller) else { return false }
            return ensemble.members.contains { $0.model === model }
        }
    }
}
