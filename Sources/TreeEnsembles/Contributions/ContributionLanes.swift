/// What a walk through trees computes with for each row.
enum ContributionLanes: CaseIterable {
    case float32
    case float64
}
