/// How much two incidents have in common.
enum IncidentLikeness {
    /// What is not worth being named.
    static let least = 0.5

    /// 0…1: the shared part of leading features, weighed against the message where both have one.
    static func between(_ one: Incident, _ other: Incident) -> Double {
        guard one.model.name == other.model.name else { return 0 }
        if one.signature == other.signature { return 1 }
        // A few names each: looking through them is quicker than a set, and all past incidents are compared.
        let shared = one.leadingNames.count { other.leadingNames.contains($0) }
        let all = one.leadingNames.count + other.leadingNames.count - shared
        let features = all == 0 ? 0 : Double(shared) / Double(all)
        if one.maskedMessage.isEmpty && other.maskedMessage.isEmpty { return features }
        return 0.5 * features + (one.maskedMessage == other.maskedMessage ? 0.5 : 0)
    }
}
