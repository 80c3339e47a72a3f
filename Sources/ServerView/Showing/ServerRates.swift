import LinuxSystem

/// What a server has done between two samples, per second.
///
/// Pure. A counter that has fallen began anew, as Prometheus takes it.
package struct ServerRates: Equatable, Sendable {
    /// What one model version has done; what nobody can tell is nil.
    package struct Model: Equatable, Sendable {
        package var key: ServerSample.Key
        package var requestsPerSecond: Double
        package var rowsPerSecond: Double
        package var failuresPerSecond: Double
        /// Rows of a batch.
        package var meanBatch: Double?
        /// - Units: seconds.
        package var meanLatency: Double?
        /// - Units: seconds.
        package var medianLatency: Double?
        /// The 99th percentile.
        ///
        /// - Units: seconds.
        package var highLatency: Double?
        /// - Units: seconds.
        package var meanQueue: Double?
        package var pending: Double
    }

    /// Time between the samples.
    ///
    /// - Units: seconds.
    package let interval: Double
    /// Busiest first.
    package let models: [Model]
    /// Processors that the server has kept busy.
    package let processors: Double?
    /// Models loaded meanwhile, and loads that failed.
    package let loads: Double?
    package let failedLoads: Double?
    /// The later sample.
    package let sample: ServerSample

    /// Compares two samples.
    package init(from earlier: ServerSample, to later: ServerSample) {
        let interval = max(Double((later.time - earlier.time).count) / 1e9, 1e-9)
        self.interval = interval
        sample = later
        models = later.models.map { key, model in
            Self.model(key, from: earlier.models[key] ?? ServerSample.Model(), to: model, interval)
        }.sorted {
            $0.requestsPerSecond == $1.requestsPerSecond
                ? $0.key < $1.key : $0.requestsPerSecond > $1.requestsPerSecond
        }
        processors = Self.increase(earlier.cpuSeconds, later.cpuSeconds).map { $0 / interval }
        loads = Self.increase(earlier.loads, later.loads)
        failedLoads = Self.increase(earlier.failedLoads, later.failedLoads)
    }

    private static func model(
        _ key: ServerSample.Key, from earlier: ServerSample.Model, to later: ServerSample.Model, _ interval: Double
    ) -> Model {
        let requests = increase(earlier.requests, later.requests)
        let rows = increase(earlier.rows, later.rows)
        let executions = increase(earlier.executions, later.executions)
        func mean(_ sum: Double, _ count: Double) -> Double? { count > 0 ? sum / count : nil }
        let buckets = increases(earlier.buckets, later.buckets)
        return Model(
            key: key, requestsPerSecond: requests / interval, rowsPerSecond: rows / interval,
            failuresPerSecond: increase(earlier.failures, later.failures) / interval,
            meanBatch: mean(rows, executions),
            meanLatency: mean(increase(earlier.duration, later.duration), requests),
            medianLatency: quantile(0.5, of: buckets), highLatency: quantile(0.99, of: buckets),
            meanQueue: mean(increase(earlier.queue, later.queue), requests), pending: later.pending)
    }

    static func increase(_ earlier: Double, _ later: Double) -> Double {
        later >= earlier ? later - earlier : later
    }

    private static func increase(_ earlier: Double?, _ later: Double?) -> Double? {
        guard let earlier, let later else { return nil }
        return increase(earlier, later)
    }

    /// The buckets of what came between two samples.
    private static func increases(
        _ earlier: [ServerSample.Bucket], _ later: [ServerSample.Bucket]
    ) -> [ServerSample.Bucket] {
        let isSame = earlier.map(\.bound) == later.map(\.bound)
        let hasFallen = isSame && zip(earlier, later).contains { $0.count > $1.count }
        guard isSame, !hasFallen else { return later }
        return zip(earlier, later).map { ServerSample.Bucket(bound: $1.bound, count: $1.count - $0.count) }
    }

    /// The value below which a part of all lies, between the bounds of its bucket in proportion.
    ///
    /// - Returns: nil without values; the highest finite bound for what lies above it.
    /// - Source: Prometheus, `histogram_quantile`.
    static func quantile(_ part: Double, of buckets: [ServerSample.Bucket]) -> Double? {
        let sorted = buckets.sorted { $0.bound < $1.bound }
        guard let total = sorted.last?.count, total > 0, sorted.count > 1 else { return nil }
        let rank = part * total
        guard let index = sorted.firstIndex(where: { $0.count >= rank }) else { return nil }
        guard sorted[index].bound.isFinite else {
            let highest = sorted[max(0, index - 1)].bound
            return highest.isFinite ? highest : nil
        }
        let (start, before) = index == 0 ? (0, 0) : (sorted[index - 1].bound, sorted[index - 1].count)
        let width = sorted[index].count - before
        guard width > 0 else { return sorted[index].bound }
        return start + (sorted[index].bound - start) * (rank - before) / width
    }
}
