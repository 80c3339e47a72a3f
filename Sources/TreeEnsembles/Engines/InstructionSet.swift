import CVectorPrimitives

/// The instruction sets that kernels are compiled for, in rising order.
///
/// - Source: the x86-64 psABI's microarchitecture levels; Intel SDM volume 2 (CPUID) and volume 1 section 13 (XCR0).
package enum InstructionSet: String, Sendable, CaseIterable, Comparable {
    /// x86-64-v2: SSE4.2; every machine that the server runs on
    case baseline
    /// x86-64-v3: AVX2, BMI, FMA
    case v3
    /// x86-64-v4: AVX-512 F, BW, CD, DQ, VL
    case v4
    /// x86-64-v4 with AVX-512 VBMI (Intel since Ice Lake, AMD since Zen 4)
    case vbmi

    package static func < (left: InstructionSet, right: InstructionSet) -> Bool { left.level < right.level }

    private var level: Int {
        switch self {
        case .baseline: 2
        case .v3: 3
        case .v4: 4
        case .vbmi: 5
        }
    }

    /// The highest instruction set that this machine's processor and operating system both support.
    package static func detect() -> InstructionSet {
        best(with: ProcessorFeatures.ofThisMachine())
    }

    /// All instruction sets of this machine, lowest first.
    package static var present: [InstructionSet] {
        let highest = detect()
        return allCases.filter { $0 <= highest }
    }

    /// The highest instruction set that a processor with these features can run.
    static func best(with features: ProcessorFeatures) -> InstructionSet {
        let v3Features: ProcessorFeatures = [
            .avx, .avx2, .bmi1, .bmi2, .f16c, .fma, .lzcnt, .movbe, .savedVectors,
        ]
        let v4Features: ProcessorFeatures = [
            .avx512f, .avx512bw, .avx512cd, .avx512dq, .avx512vl, .savedWideVectors,
        ]
        guard features.isSuperset(of: v3Features) else { return .baseline }
        guard features.isSuperset(of: v4Features) else { return .v3 }
        return features.contains(.avx512vbmi) ? .vbmi : .v4
    }
}

/// What a processor can do beyond the baseline and what the operating system keeps over a change of threads.
struct ProcessorFeatures: OptionSet, Sendable {
    let rawValue: UInt32

    static let avx = ProcessorFeatures(rawValue: 1 << 0)
    static let avx2 = ProcessorFeatures(rawValue: 1 << 1)
    static let bmi1 = ProcessorFeatures(rawValue: 1 << 2)
    static let bmi2 = ProcessorFeatures(rawValue: 1 << 3)
    static let f16c = ProcessorFeatures(rawValue: 1 << 4)
    static let fma = ProcessorFeatures(rawValue: 1 << 5)
    static let lzcnt = ProcessorFeatures(rawValue: 1 << 6)
    static let movbe = ProcessorFeatures(rawValue: 1 << 7)
    static let avx512f = ProcessorFeatures(rawValue: 1 << 8)
    static let avx512bw = ProcessorFeatures(rawValue: 1 << 9)
    static let avx512cd = ProcessorFeatures(rawValue: 1 << 10)
    static let avx512dq = ProcessorFeatures(rawValue: 1 << 11)
    static let avx512vl = ProcessorFeatures(rawValue: 1 << 12)
    /// The operating system saves 256-bit registers.
    static let savedVectors = ProcessorFeatures(rawValue: 1 << 13)
    /// The operating system saves 512-bit and mask registers.
    static let savedWideVectors = ProcessorFeatures(rawValue: 1 << 14)

    static let avx512vbmi = ProcessorFeatures(rawValue: 1 << 15)

    /// Asks the processor.
    static func ofThisMachine() -> ProcessorFeatures {
        let basic = registers(leaf: 1)
        let structured = registers(leaf: 7)
        let extended = registers(leaf: 0x8000_0001)
        return ProcessorFeatures(
            leaf1ECX: basic.ecx, leaf7EBX: structured.ebx, leaf7ECX: structured.ecx, extendedECX: extended.ecx,
            savedStates: rowan_saved_register_states())
    }

    init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Reads the features from the registers of CPUID leaves 1, 7 and 8000_0001h and from XCR0.
    init(leaf1ECX: UInt32, leaf7EBX: UInt32, leaf7ECX: UInt32, extendedECX: UInt32, savedStates: UInt64) {
        self = []
        let bits: [(register: UInt32, bit: UInt32, feature: ProcessorFeatures)] = [
            (leaf1ECX, 28, .avx), (leaf1ECX, 12, .fma), (leaf1ECX, 22, .movbe), (leaf1ECX, 29, .f16c),
            (leaf7EBX, 5, .avx2), (leaf7EBX, 3, .bmi1), (leaf7EBX, 8, .bmi2),
            (leaf7EBX, 16, .avx512f), (leaf7EBX, 30, .avx512bw), (leaf7EBX, 28, .avx512cd),
            (leaf7EBX, 17, .avx512dq), (leaf7EBX, 31, .avx512vl),
            (leaf7ECX, 1, .avx512vbmi), (extendedECX, 5, .lzcnt),
        ]
        for (register, bit, feature) in bits where register & (1 << bit) != 0 { insert(feature) }
        // XCR0: bits 1 and 2 are the 128- and 256-bit registers; 5 to 7 are masks and both parts of the 512-bit ones.
        if savedStates & 0x06 == 0x06 { insert(.savedVectors) }
        if savedStates & 0xE6 == 0xE6 { insert(.savedWideVectors) }
    }

    private static func registers(leaf: UInt32) -> (ebx: UInt32, ecx: UInt32) {
        var values: (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
        unsafe withUnsafeMutablePointer(to: &values) { pointer in
            // A tuple of four words has the layout of the array of four that the function writes.
            unsafe pointer.withMemoryRebound(to: UInt32.self, capacity: 4) { unsafe rowan_cpuid(leaf, 0, $0) }
        }
        return (values.1, values.2)
    }
}
