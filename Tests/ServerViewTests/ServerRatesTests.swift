import LinuxSystem
import Testing

@testable import ServerView

/// Rates between two samples, as a table.
struct ServerRatesTests {
    private let key = ServerSample.Key(name: "m", version: "1")

    private func sample(_ seconds: Int, _ change: (inout ServerSample.Model) -> Void = { _ in }) -> ServerSample {
        var sample = ServerSample(time: .seconds(seconds))
        var model = ServerSample.Model()
        change(&model)
        sample.models = [key: model]
        return sample
    }

    private func buckets(_ counts: [Double]) -> [ServerSample.Bucket] {
        zip([0.001, 0.002, 0.004, .infinity], counts).map { ServerSample.Bucket(bound: $0, count: $1) }
    }

    @Test func `what was counted is divided by the time that has passed`() throws {
        let earlier = sample(10) {
            ($0.requests, $0.rows, $0.executions, $0.failures) = (100, 1_000, 50, 4)
            ($0.duration, $0.queue, $0.pending) = (1, 0.5, 9)
            $0.buckets = buckets([10, 50, 100, 100])
        }
        let later = sample(14) {
            ($0.requests, $0.rows, $0.executions, $0.failures) = (500, 2_000, 150, 6)
            ($0.duration, $0.queue, $0.pending) = (3, 0.7, 2)
            $0.buckets = buckets([10, 250, 500, 500])
        }
        let rates = ServerRates(from: earlier, to: later)
        let model = try #require(rates.models.first)
        #expect(rates.interval == 4)
        #expect(model.requestsPerSecond == 100 && model.rowsPerSecond == 250 && model.failuresPerSecond == 0.5)
        #expect(model.meanBatch == 10 && model.meanLatency == 0.005 && model.pending == 2)
        #expect(abs((model.meanQueue ?? 0) - 0.0005) < 1e-12)
        // 200 of 400 lie up to 0.002, all of them above 0.001; 396 is 196 of the 200 between 0.002 and 0.004.
        #expect(model.medianLatency == 0.002)
        #expect(abs((model.highLatency ?? 0) - 0.003_96) < 1e-12)
    }

    @Test func `without requests there are no means`() throws {
        let rates = ServerRates(from: sample(1) { $0.requests = 5 }, to: sample(2) { $0.requests = 5 })
        let model = try #require(rates.models.first)
        #expect(model.requestsPerSecond == 0 && model.meanBatch == nil && model.meanLatency == nil)
        #expect(model.medianLatency == nil && model.highLatency == nil && model.meanQueue == nil)
    }

    @Test func `a counter that has fallen began anew`() throws {
        let earlier = sample(1) {
            $0.requests = 1_000
            $0.buckets = buckets([900, 900, 1_000, 1_000])
        }
        let later = sample(2) {
            $0.requests = 10
            $0.buckets = buckets([0, 10, 10, 10])
        }
        let model = try #require(ServerRates(from: earlier, to: later).models.first)
        #expect(model.requestsPerSecond == 10 && model.medianLatency == 0.0015)
    }

    @Test func `models come and go, the busiest stands first`() {
        let other = ServerSample.Key(name: "a", version: "1")
        var later = sample(2) { $0.requests = 1 }
        later.models[other] = .init()
        later.models[.init(name: "b", version: "2")] = .init()
        let rates = ServerRates(from: ServerSample(time: .seconds(1)), to: later)
        #expect(rates.models.map(\.key.name) == ["m", "a", "b"])
        #expect(ServerRates(from: later, to: ServerSample(time: .seconds(3))).models.isEmpty)
    }

    @Test func `figures of the process are compared if both samples have them`() {
        var earlier = ServerSample(time: .seconds(1))
        var later = ServerSample(time: .seconds(3))
        later.cpuSeconds = 5
        #expect(ServerRates(from: earlier, to: later).processors == nil)
        earlier.cpuSeconds = 2
        (earlier.loads, later.loads, earlier.failedLoads, later.failedLoads) = (3, 4, 1, 1)
        let rates = ServerRates(from: earlier, to: later)
        #expect(rates.processors == 1.5 && rates.loads == 1 && rates.failedLoads == 0)
    }

    @Test func `samples of one instant divide by no zero`() {
        #expect(ServerRates(from: sample(1), to: sample(1)).models[0].requestsPerSecond == 0)
    }

    /// Expected values by Prometheus' definition.
    @Test(
        arguments: [
            ([], 0.5, nil), ([(1.0, 0.0), (.infinity, 0.0)], 0.5, nil), ([(.infinity, 5.0)], 0.5, nil),
            ([(1.0, 10.0), (.infinity, 10.0)], 0.5, 0.5), ([(1.0, 0.0), (2.0, 10.0), (.infinity, 10.0)], 0.9, 1.9),
            ([(1.0, 5.0), (2.0, 5.0), (.infinity, 10.0)], 0.99, 2.0),
            ([(2.0, 10.0), (1.0, 5.0), (.infinity, 10.0)], 0.25, 0.5),
        ] as [([(Double, Double)], Double, Double?)])
    func `quantiles lie between the bounds of their bucket`(
        pairs: [(Double, Double)], part: Double, expected: Double?
    ) {
        #expect(ServerRates.quantile(part, of: pairs.map { .init(bound: $0.0, count: $0.1) }) == expected)
    }
}
