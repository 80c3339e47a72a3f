/// What is done to words; everything, unless somebody wants to know what a step is worth.
struct AnalysisRules: Equatable {
    /// Whether `KubePodCrashLooping` and `kube_pod_status` are cut into the words they were made of.
    var splitsNames = true
    /// Whether words lose their endings.
    var stems = true
}
