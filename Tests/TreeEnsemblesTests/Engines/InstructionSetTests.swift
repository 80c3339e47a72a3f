import Testing

@testable import TreeEnsembles

@Suite struct InstructionSetTests {
    /// Registers of a processor with everything, as Intel's and AMD's manuals number the bits.
    private static let all = ProcessorFeatures(
        leaf1ECX: .max, leaf7EBX: .max, leaf7ECX: .max, extendedECX: .max, savedStates: 0xE7)

    @Test func `a processor with everything runs the highest instruction set`() {
        #expect(InstructionSet.best(with: Self.all) == .vbmi)
    }

    @Test func `a processor with nothing runs the baseline`() {
        #expect(InstructionSet.best(with: []) == .baseline)
    }

    @Test(arguments: 0..<16)
    func `one absent feature lowers the instruction set to the one that does not need it`(_ bit: Int) {
        let feature = ProcessorFeatures(rawValue: 1 << UInt32(bit))
        let v4Only: ProcessorFeatures = [
            .avx512f, .avx512bw, .avx512cd, .avx512dq, .avx512vl, .savedWideVectors,
        ]
        let expected: InstructionSet =
            feature == .avx512vbmi ? .v4 : v4Only.contains(feature) ? .v3 : .baseline
        #expect(InstructionSet.best(with: Self.all.subtracting(feature)) == expected)
    }

    @Test(arguments: [(UInt64(0x07), InstructionSet.v3), (0x03, .baseline), (0, .baseline), (0xE7, .vbmi), (0x67, .v3)])
    func `registers that the operating system does not save are not used`(
        _ savedStates: UInt64, _ expected: InstructionSet
    ) {
        let features = ProcessorFeatures(
            leaf1ECX: .max, leaf7EBX: .max, leaf7ECX: .max, extendedECX: .max, savedStates: savedStates)
        #expect(InstructionSet.best(with: features) == expected)
    }

    @Test func `instruction sets are ordered`() {
        #expect(InstructionSet.allCases == InstructionSet.allCases.sorted())
        #expect(InstructionSet.present.first == .baseline)
    }
}
