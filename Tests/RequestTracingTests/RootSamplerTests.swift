import Testing

@testable import RequestTracing

/// `OTEL_TRACES_SAMPLER` as OpenTelemetry's specification lists its values.
@Suite struct RootSamplerTests {
    private static let cases: [(String, String?, Double, Bool)] = [
        ("always_on", nil, 1, false), ("always_off", nil, 0, false), ("traceidratio", "0.25", 0.25, false),
        ("traceidratio", nil, 1, false), ("parentbased_always_on", nil, 1, true),
        ("parentbased_always_off", nil, 0, true), ("parentbased_traceidratio", "0.001", 0.001, true),
        ("parentbased_traceidratio", nil, 1, true),
    ]

    @Test(arguments: 0..<8) func `a sampler says a share and whether the caller decides`(index: Int) throws {
        let (name, argument, fraction, followsParent) = Self.cases[index]
        let sampler = try #require(RootSampler(name: name, argument: argument))
        #expect(sampler.fraction == fraction && sampler.followsParent == followsParent)
    }

    @Test func `other names and arguments are none`() {
        for name in ["", "on", "parentbased_", "jaeger_remote", "parentbased_jaeger_remote", "ALWAYS_ON"] {
            #expect(RootSampler(name: name, argument: nil) == nil, "\(name)")
        }
        for argument in ["", "x", "-0.1", "1.1", "nan"] {
            #expect(RootSampler(name: "traceidratio", argument: argument) == nil, "\(argument)")
        }
    }

    @Test func `without variables the caller decides and the rate counts`() {
        #expect(RootSampler().followsParent && RootSampler().fraction == nil)
    }

    @Test func `a trace's number says alike to everybody whether it belongs to a share`() throws {
        let low = try #require(TraceIdentity(high: 1, low: 0xFF00_0000_0000_0000))
        let middle = try #require(TraceIdentity(high: 1, low: 1 << 55))
        let high = try #require(TraceIdentity(high: 0, low: 1 << 56 - 1))
        #expect(RootSampler.contains(low, in: 0.01) && !RootSampler.contains(low, in: 0))
        #expect(!RootSampler.contains(middle, in: 0.5) && RootSampler.contains(middle, in: 0.51))
        #expect(!RootSampler.contains(high, in: 0.99) && RootSampler.contains(high, in: 1))
    }
}
