import LinuxSystem
import ModelRepository

/// Writes the answers of Triton's statistics extension.
///
/// - Isolation: any thread.
struct StatisticsDocument: Sendable {
    let registry: MetricsRegistry
    let clock: any MonotonicClock

    /// Appends what is known about all versions of a table that are ready.
    func append(allOf table: ServingTable, to buffer: inout ByteBuffer) {
        let models = table.names.flatMap { name in
            name.versions.compactMap { version -> ServedModel? in
                if case .ready(let slot) = version.state { table.model(atSlot: slot) } else { nil }
            }
        }
        append(models, to: &buffer)
    }

    /// Appends what is known about some versions.
    func append(_ models: [ServedModel], to buffer: inout ByteBuffer) {
        let (now, time) = (clock.now(), WallClock.nanosecondsSince1970())
        buffer.append("{\"model_stats\":[")
        for (index, model) in models.enumerated() {
            if index > 0 { buffer.append(",") }
            let counters = registry.statistics(of: ObjectIdentifier(model), MetricsRegistry.Key(of: model))
            ModelStatistics(of: model, counters).append(to: &buffer, now: now, nanosecondsSince1970: time)
        }
        buffer.append("]}")
    }
}
