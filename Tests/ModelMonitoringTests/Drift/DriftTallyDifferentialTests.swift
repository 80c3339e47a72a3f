import LinuxSystem
import TestSupport
import Testing

@testable import ModelMonitoring

/// What the kernels count against a search for each value, for every set of instructions that this machine has.
@Suite struct DriftTallyDifferentialTests {
    /// The sets that this machine has: those of its kernels are asked for by their names in `/proc/cpuinfo`.
    private static let present: [CountingInstructions] = {
        let text = (try? FileSystem.readText("/proc/cpuinfo", byteCountLimit: 1 << 24)) ?? ""
        let flags = Set((text.split(separator: "\n").first { $0.hasPrefix("flags") } ?? "").split(separator: " "))
        return [.baseline] + (flags.contains("avx2") ? [.avx2] : [])
            + (flags.isSuperset(of: ["avx512f", "avx512bw", "avx512dq", "avx512vl"]) ? [.avx512] : [])
    }()

    /// Values that lie on edges, beside them, and far away; and none at all.
    private static func value(_ edges: [Double], _ generator: inout SeededGenerator) -> Double {
        switch generator.int(in: 0...9) {
        case 0: return .nan
        case 1: return generator.chance(oneIn: 2) ? .infinity : -.infinity
        case 2 where !edges.isEmpty: return Double(Float(edges[generator.int(in: 0...edges.count - 1)]).nextUp)
        case 3 where !edges.isEmpty: return Double(Float(edges[generator.int(in: 0...edges.count - 1)]).nextDown)
        case 4...5 where !edges.isEmpty: return Double(Float(edges[generator.int(in: 0...edges.count - 1)]))
        default: return Double(Float.random(in: -12...12, using: &generator))
        }
    }

    private static func variable(_ index: Int, _ generator: inout SeededGenerator) -> DriftReference.Variable {
        let count = generator.int(in: 0...12)
        let values = Set((0..<count).map { _ in Double.random(in: -10...10, using: &generator) }).sorted()
        if generator.chance(oneIn: 4) {
            let categories = Set(values.map { $0.rounded() }).sorted()
            return DriftReference.Variable(
                name: "f\(index)", missingCount: 0,
                distribution: .categories(
                    DriftReference.Categories(
                        values: categories, counts: Array(repeating: 0, count: categories.count), otherCount: 100)))
        }
        let range = generator.chance(oneIn: 8) ? nil : -11.0...11.1
        return DriftReference.Variable(
            name: "f\(index)", missingCount: 100,
            distribution: .bins(
                DriftReference.Bins(range: range, edges: values, counts: Array(repeating: 0, count: values.count + 1))))
    }

    /// The class of a value, found by looking at one edge after the other.
    private static func slowClass(of value: Double, _ variable: DriftReference.Variable) -> (Int, isOutside: Bool) {
        let last = variable.classCounts.count - 1
        if value.isNaN { return (last, false) }
        switch variable.distribution {
        case .bins(let bins):
            let isOutside = bins.range.map { value < $0.lowerBound || value > $0.upperBound } ?? false
            return (bins.edges.count { value >= $0 }, isOutside)
        case .categories(let categories):
            let index = categories.values.firstIndex(of: value)
            return (index ?? last - 1, index == nil)
        }
    }

    private static func plan(
        _ features: [DriftReference.Variable], isWide: Bool, _ instructions: CountingInstructions,
        fraction: Double = 1
    ) throws -> DriftPlan {
        var settings = DriftSettings()
        settings.sampleFraction = fraction
        return try DriftPlan(
            DriftReference(rowCount: 100, features: features), settings,
            for: DriftPlan.Model(outputs: [], featureCount: features.count, featureNames: [], isWide: isWide),
            instructions: instructions)
    }

    @Test(arguments: [false, true]) func `every value is counted in its class`(isWide: Bool) throws {
        var generator = SeededGenerator.forTest()
        for _ in 0..<60 {
            let width = generator.int(in: 1...40)
            let features = (0..<width).map { Self.variable($0, &generator) }
            let rowCount = generator.int(in: 1...70)
            let rows = (0..<rowCount * width).map { place -> Double in
                Self.value(Self.marks(features[place % width]), &generator)
            }
            for instructions in Self.present {
                let plan = try Self.plan(features, isWide: isWide, instructions)
                let ledger = DriftLedger(plan)
                let tally = ledger.makeTally(seed: 1)
                #expect(!ledger.awaitsCounts)
                // In two batches, so that counts are added to.
                for part in [0..<rowCount / 2, rowCount / 2..<rowCount] where tally.begin(rowCount: part.count) {
                    let values = Array(rows[part.lowerBound * width..<part.upperBound * width])
                    Self.count(values, isWide: isWide, in: tally)
                }
                #expect(ledger.awaitsCounts)
                tally.leave()
                #expect(!ledger.awaitsCounts)
                var counts = DriftCounts(for: plan)
                ledger.take(into: &counts)
                #expect(counts.rowCount == UInt64(rowCount))
                for (column, variable) in features.enumerated() {
                    var classes = [UInt64](repeating: 0, count: variable.classCounts.count)
                    var outside: UInt64 = 0
                    for row in 0..<rowCount {
                        let (index, isOutside) = Self.slowClass(of: rows[row * width + column], variable)
                        classes[index] += 1
                        if isOutside { outside += 1 }
                    }
                    let census = counts.census(ofFeature: column, plan)
                    #expect(census.classes == classes, "\(instructions), column \(column) of \(width)")
                    #expect(census.outOfRangeCount == outside)
                }
            }
        }
    }

    private static func count(_ values: [Double], isWide: Bool, in tally: DriftTally) {
        if isWide {
            let array = AlignedArray(copying: values.span, filler: 0)
            array.withSpan { tally.count(features: $0) }
        } else {
            let floats = values.map { Float($0) }
            let array = AlignedArray(copying: floats.span, filler: 0)
            array.withSpan { tally.count(features: $0) }
        }
    }

    private static func marks(_ variable: DriftReference.Variable) -> [Double] {
        switch variable.distribution {
        case .bins(let bins): bins.edges + (bins.range.map { [$0.lowerBound, $0.upperBound] } ?? [])
        case .categories(let categories): categories.values
        }
    }

    @Test(arguments: [1.0, 0.75, 0.1, 0.013]) func `a part of the rows is chosen evenly`(fraction: Double) throws {
        let feature = DriftReference.Variable(
            name: "x", missingCount: 0,
            distribution: .bins(DriftReference.Bins(range: 0...9, edges: [5], counts: [50, 50])))
        let plan = try Self.plan([feature], isWide: false, .baseline, fraction: fraction)
        let ledger = DriftLedger(plan)
        let tally = ledger.makeTally(seed: 42)
        let values = (0..<64).map { Float($0 % 10) }
        let array = AlignedArray(copying: values.span, filler: 0)
        var sampler = RowSampler(fraction: fraction, seed: 42)
        var timesChosen = [Int](repeating: 0, count: 64)
        var (chosen, low, rows) = (0, 0, 0)
        for turn in 0..<8_000 {
            let count = [1, 3, 64, 7][turn % 4]
            let choice = sampler.choose(among: count)
            let numbers = (0..<choice.count).map { choice.first + $0 * choice.distance }
            #expect(numbers.allSatisfy { (0..<count).contains($0) })
            #expect(tally.begin(rowCount: count) == !numbers.isEmpty)
            if !numbers.isEmpty { array.withSpan { tally.count(features: $0) } }
            if count == 64 { for number in numbers { timesChosen[number] += 1 } }
            chosen += numbers.count
            low += numbers.count { values[$0] < 5 }
            rows += count
        }
        tally.leave()
        var counts = DriftCounts(for: plan)
        ledger.take(into: &counts)
        #expect(counts.census(ofFeature: 0, plan).classes == [UInt64(low), UInt64(chosen - low), 0])
        // Six standard deviations: of all rows at most one more or less in each batch, of each row binomial.
        #expect(abs(Double(chosen) - Double(rows) * fraction) < 6 * 8_000.0.squareRoot())
        for times in timesChosen {
            let spread = (2_000 * fraction * (1 - fraction)).squareRoot()
            #expect(abs(Double(times) - 2_000 * fraction) <= 6 * spread)
        }
    }

    private static func count(_ values: [Int], as precision: DriftPlan.OutputPrecision, in tally: DriftTally) {
        switch precision {
        case .float32:
            let floats = values.map { Float($0) }
            let array = AlignedArray(copying: floats.span, filler: 0)
            array.withSpan { tally.count(output: 0, $0, elementsPerRow: 2) }
        case .float64:
            let doubles = values.map { Double($0) }
            let array = AlignedArray(copying: doubles.span, filler: 0)
            array.withSpan { tally.count(output: 0, $0, elementsPerRow: 2) }
        default: tally.count(output: 0, integers: values.span, elementsPerRow: 2)
        }
    }

    @Test func `outputs of every kind are counted`() throws {
        let output = DriftReference.Variable(
            name: "p", element: 1, missingCount: 0,
            distribution: .bins(DriftReference.Bins(range: 0...3, edges: [1, 2], counts: [40, 30, 30])))
        let feature = DriftReference.Variable(
            name: "x", missingCount: 0,
            distribution: .bins(DriftReference.Bins(range: 0...9, edges: [5], counts: [50, 50])))
        for precision in [DriftPlan.OutputPrecision.float32, .float64, .integer] {
            for instructions in Self.present {
                let plan = try DriftPlan(
                    DriftReference(rowCount: 100, features: [feature], outputs: [output]), DriftSettings(),
                    for: DriftPlan.Model(
                        outputs: [("p", 2, precision)], featureCount: 1, featureNames: ["x"], isWide: false),
                    instructions: instructions)
                let ledger = DriftLedger(plan)
                let tally = ledger.makeTally(seed: 1)
                let rows = 700
                #expect(tally.begin(rowCount: rows))
                // The second element runs through 0, 1, 2, 3.
                let values = (0..<2 * rows).map { $0 % 2 == 0 ? 9 : $0 / 2 % 4 }
                Self.count(values, as: precision, in: tally)
                tally.leave()
                var counts = DriftCounts(for: plan)
                ledger.take(into: &counts)
                #expect(counts.rowCount == 0)
                #expect(counts.census(ofOutput: 0, plan).classes == [175, 175, 350, 0])
            }
        }
    }
}
