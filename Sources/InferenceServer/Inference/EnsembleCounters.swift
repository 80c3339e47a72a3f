/// Where a loop counts the calls of one model by an ensemble.
struct EnsembleCounters {
    let metrics: ModelMetrics
    /// The steps of the ensemble that are calls of the model.
    let steps: Range<Int>
}
