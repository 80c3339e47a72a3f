import Glibc
import Testing

@testable import TreeEnsembles

// Each limit of TreeEnsembleLimits that a file of some format reaches. What the builder alone limits:
// `TreeEnsembleBuilderTests`; nesting: `UBJSONDocumentTests`.
@Suite struct TreeEnsembleLimitsTests {
    private static func fault(_ bytes: [UInt8], platform: String? = nil) -> TreeEnsembleFault? {
        do throws(TreeEnsembleFault) {
            _ = try TreeEnsembleFormats.load(fileName: "m", bytes: bytes.span, platform: platform)
            return nil
        } catch {
            return error
        }
    }

    @Test func `bytes of a file`() throws {
        let limit = TreeEnsembleLimits.fileByteCount
        // Pages that nobody has written are zeros and cost no memory as long as they are not read.
        let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
        let address = unsafe mmap(nil, limit + 1, PROT_READ, flags, -1, 0)
        let isMapped = unsafe address != MAP_FAILED
        try #require(isMapped)
        defer { unsafe munmap(address, limit + 1) }
        func reason(_ count: Int) -> TreeEnsembleFault.Reason? {
            // The mapping has one byte more than the limit and lives until the test returns.
            let bytes = unsafe UnsafeRawBufferPointer(start: address, count: count).bindMemory(to: UInt8.self)
            do throws(TreeEnsembleFault) {
                _ = unsafe try TreeEnsembleFormats.load(fileName: "m", bytes: bytes.span)
                return nil
            } catch {
                return error.reason
            }
        }
        #expect(reason(limit) == .unknownFormat)
        #expect(reason(limit + 1) == .limit(what: "bytes of a file", value: limit + 1, limit: limit))
    }

    @Test func `trees of a forest`() throws {
        let limit = TreeEnsembleLimits.treeCount
        var builder = try TreeEnsembleBuilder(
            TreeEnsembleBuilder.Header(
                trainer: "test", task: .regression, featureCount: 1, comparison: .lessGoesLeft, sumPrecision: .float32,
                summation: .baseFirst, link: .identity, baseMargins: [0]), form: .oblivious)
        for _ in 0..<limit { try builder.obliviousTree(splits: [], leafValues: [1]) }
        let fault = #expect(throws: TreeEnsembleFault.self) {
            try builder.obliviousTree(splits: [], leafValues: [1])
        }
        #expect(fault?.reason == .limit(what: "trees", value: limit + 1, limit: limit))
    }

    @Test func `the largest category`() async {
        let limit = TreeEnsembleLimits.category
        let set = CategorySet(categories: [limit], membersGoLeft: true)
        #expect(set.sendsLeft(Double(limit), rule: .nonNegative) && !set.sendsLeft(0, rule: .nonNegative))
        // Readers refuse a larger one with its field; a set of it would be a bug.
        await #expect(processExitsWith: .failure) {
            _ = CategorySet(categories: [TreeEnsembleLimits.category + 1], membersGoLeft: true)
        }
    }

    /// Counted from just below: as many sets as reach the limit take half a gigabyte.
    @Test func `words of categories`() throws {
        let limit = TreeEnsembleLimits.categoryWordCount
        var builder = try TreeEnsembleBuilder(
            TreeEnsembleBuilder.Header(
                trainer: "test", task: .regression, featureCount: 1, comparison: .lessGoesLeft, sumPrecision: .float32,
                summation: .baseFirst, link: .identity, baseMargins: [0]))
        builder.categoryWordCount = limit - 2
        let set = CategorySet(categories: [40], membersGoLeft: true)
        #expect(try builder.index(of: set) == 0)
        #expect(try builder.index(of: set) == 0)
        let fault = #expect(throws: TreeEnsembleFault.self) {
            try builder.index(of: CategorySet(categories: [1], membersGoLeft: true))
        }
        #expect(fault?.reason == .limit(what: "words of categories", value: limit + 1, limit: limit))
    }

    @Test func `bytes of a name in an ONNX graph`() {
        let limit = TreeEnsembleLimits.nameByteCount
        func graph(_ nameByteCount: Int) -> [UInt8] {
            let name = [UInt8](repeating: UInt8(ascii: "n"), count: nameByteCount)
            return Self.field(7, Self.field(1, Self.field(4, name)))
        }
        // A graph of one operator is no model, but its name is no reason.
        #expect(Self.fault(graph(limit), platform: ONNXFormat.platform)?.reason == .missing)
        let fault = Self.fault(graph(limit + 1), platform: ONNXFormat.platform)
        #expect(fault?.reason == .limit(what: "bytes of a name", value: limit + 1, limit: limit))
        #expect(fault?.field == "graph.node[0]")
    }

    /// The operators that are added repeat the leaves of a tree; bytes without meaning make the file longer.
    @Test func `leaf values that an ONNX graph computes`() throws {
        let perByte = TreeEnsembleLimits.onnxLeafValuesPerByte
        let model = try #require(FixtureCatalog.all.first { $0.name == "trees_6_samples_256" })
        let leaves = "node_sample2_Y0"
        var nodes = Self.node("Neg", leaves, "z")
        for number in 0..<8_000 { nodes += Self.node("Neg", "z", "\(number)") }
        let long = model.modelBytes + Self.field(7, nodes)
        func fault(paddedBy count: Int) -> TreeEnsembleFault? { Self.fault(long + Self.padding(count)) }
        // Between a length that is refused and one that is accepted stands the first that is accepted.
        var refused = 2
        var accepted = 10 * long.count
        try #require(fault(paddedBy: refused) != nil && fault(paddedBy: accepted) == nil)
        while accepted - refused > 1 {
            let middle = (refused + accepted) / 2
            if fault(paddedBy: middle) == nil { accepted = middle } else { refused = middle }
        }
        let limit = perByte * (long.count + refused)
        guard case .limit(let what, let value, limit) = fault(paddedBy: refused)?.reason else {
            Issue.record("\(fault(paddedBy: refused)?.message ?? "accepted")")
            return
        }
        #expect(what == "values of leaves")
        #expect(value > limit && value <= limit + perByte)
    }

    // MARK: Protocol Buffers

    private static func varint(_ value: Int) -> [UInt8] {
        value < 0x80 ? [UInt8(value)] : [UInt8(value & 0x7F) | 0x80] + varint(value >> 7)
    }

    private static func field(_ number: Int, _ content: [UInt8]) -> [UInt8] {
        varint(number << 3 | 2) + varint(content.count) + content
    }

    /// An operator of a graph with one input and one output.
    private static func node(_ operation: String, _ input: String, _ output: String) -> [UInt8] {
        field(1, field(1, Array(input.utf8)) + field(2, Array(output.utf8)) + field(4, Array(operation.utf8)))
    }

    /// At least two bytes that say nothing: a model's version number, time and again.
    private static func padding(_ count: Int) -> [UInt8] {
        let odd: [UInt8] = count % 2 == 0 ? [0x28, 0] : [0x28, 0x80, 0]
        return odd + (0..<(count - odd.count) / 2).flatMap { _ in [0x28, 0] as [UInt8] }
    }
}
