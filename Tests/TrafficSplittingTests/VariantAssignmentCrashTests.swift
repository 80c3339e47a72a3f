import Testing

@testable import TrafficSplitting

struct VariantAssignmentCrashTests {
    @Test func `a split without any weight is a mistake of the caller`() async {
        await #expect(processExitsWith: .failure) {
            guard let nothing = VariantWeight(0) else { return }
            _ = VariantAssignment(split: "s", variants: [VariantAssignment.Variant(name: "a", weight: nothing)])
        }
    }
}
