import DynamicBatching
import LinuxSystem
import Testing

@testable import InferenceServer

/// What goes on over a reload and what begins anew: series by labels, statistics by loaded model.
@Suite struct MetricsRegistryTests {
    private final class Model {}

    private let key = MetricsRegistry.Key(model: "m", version: "1")

    private func counted(_ requests: Int) -> ModelMetrics {
        let metrics = ModelMetrics()
        for _ in 0..<requests {
            metrics.answered(
                ModelMetrics.Request(
                    rowCount: 2, decodeNanoseconds: 1, queueNanoseconds: 1, computeNanoseconds: 1, encodeNanoseconds: 1,
                    positiveRowCount: 1))
        }
        return metrics
    }

    private func requests(_ registry: MetricsRegistry) -> [String: UInt64] {
        Dictionary(
            uniqueKeysWithValues: registry.snapshot().series.map { series in
                (
                    "\(series.key.model)/\(series.key.version)",
                    series.counters.reduce(0) { $0 + $1.value(of: .success) }
                )
            })
    }

    @Test func `a replaced model's counts go on in the series and not in the statistics`() {
        let registry = MetricsRegistry()
        let (old, new) = (Model(), Model())
        let (first, second) = (counted(3), counted(2))
        registry.adopt(first, for: key, loadSeconds: 1, model: ObjectIdentifier(old))
        registry.adopt(second, for: key, loadSeconds: 2, model: ObjectIdentifier(new))
        #expect(requests(registry) == ["m/1": 5])
        registry.forget(first, for: key)
        #expect(requests(registry) == ["m/1": 5])
        #expect(registry.statistics(of: ObjectIdentifier(new), key).map { $0 === second } == [true])
        #expect(registry.statistics(of: ObjectIdentifier(old), key).isEmpty)
        registry.forget(second, for: key)
        #expect(requests(registry).isEmpty)
        registry.adopt(counted(1), for: key, loadSeconds: 1, model: ObjectIdentifier(new))
        #expect(requests(registry) == ["m/1": 1], "after an unload counters begin anew")
    }

    @Test func `what a scrape has seen does not change under it`() {
        let registry = MetricsRegistry()
        let loops = [counted(1), counted(1), counted(1)]
        for loop in loops { registry.adopt(loop, for: key, loadSeconds: 0) }
        registry.forget(loops[0], for: key)
        let before = registry.snapshot()
        registry.forget(loops[1], for: key)
        #expect(before.series[0].counters.reduce(0) { $0 + $1.value(of: .success) } == 3)
        #expect(requests(registry) == ["m/1": 3])
    }

    @Test func `a model's own series keep what its versions counted that are gone`() throws {
        let registry = MetricsRegistry()
        let next = MetricsRegistry.Key(model: "m", version: "2")
        let (first, second) = (counted(4), counted(1))
        registry.adopt(first, for: key, loadSeconds: 0)
        registry.adopt(second, for: next, loadSeconds: 0)
        registry.forget(first, for: key)
        let process = ProcessFigures(build: BuildFacts())
        func predicted() -> [UInt64] {
            MetricsPage(registry: registry, process: process).models.map {
                $0.counters[ModelMetrics.Cell.positiveRows.rawValue]
            }
        }
        #expect(predicted() == [5])
        #expect(requests(registry) == ["m/2": 1])
        registry.forget(second, for: next)
        #expect(predicted() == [])
        registry.adopt(counted(2), for: key, loadSeconds: 0)
        #expect(predicted() == [2])
    }
}
