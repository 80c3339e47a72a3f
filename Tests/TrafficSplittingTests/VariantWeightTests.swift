import Testing

@testable import TrafficSplitting

struct VariantWeightTests {
    @Test(
        arguments: [
            (70, 70_000_000), (0, 0), (-0.0, 0), (0.000_001, 1), (0.000_000_5, 1), (1.234_567_4, 1_234_567),
            (1_000_000, 1_000_000_000_000), (0.1 + 0.2, 300_000),
        ] as [(Double, UInt64)])
    func `weights count in millionths`(_ value: Double, _ millionths: UInt64) {
        #expect(VariantWeight(value)?.millionths == millionths)
    }

    @Test(arguments: [-1, .nan, .infinity, 1_000_000.1, 1e300, 1e-7, -1e-300])
    func `what is no weight is none`(_ value: Double) { #expect(VariantWeight(value) == nil) }
}
