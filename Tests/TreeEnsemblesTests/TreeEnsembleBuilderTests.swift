import Testing

@testable import TreeEnsembles

/// The builder stores what it is told in depth-first order and refuses everything that is not a forest.
@Suite struct TreeEnsembleBuilderTests {
    private static func header(featureCount: Int = 3, marginCount: Int = 1) -> TreeEnsembleBuilder.Header {
        TreeEnsembleBuilder.Header(
            trainer: "test", task: .regression, featureCount: featureCount, marginCount: marginCount,
            comparison: .lessGoesLeft, sumPrecision: .float32, summation: .baseFirst, link: .identity,
            baseMargins: Array(repeating: 0, count: marginCount))
    }

    private static func fault(_ body: () throws(TreeEnsembleFault) -> Void) -> TreeEnsembleFault.Reason? {
        do {
            try body()
            return nil
        } catch {
            return error.reason
        }
    }

    /// Builds one tree of four splits whose nodes carry the file's numbers in no particular order.
    private static func scatteredTree() throws(TreeEnsembleFault) -> TreeEnsemble {
        var builder = try TreeEnsembleBuilder(header())
        try builder.startTree(slotCount: 7, root: 3)
        try builder.leaf(node: 0, value: 10)
        try builder.leaf(node: 1, value: 11)
        try builder.numericalSplit(node: 3, feature: 2, threshold: 0.5, left: 6, right: 0, missingGoesLeft: true)
        try builder.leaf(node: 4, value: 14)
        try builder.numericalSplit(node: 6, feature: 0, threshold: -1, left: 4, right: 1, missingGoesLeft: false)
        try builder.endTree()
        return try builder.finish()
    }

    @Test func `nodes are stored depth first, left before right, with the file's leaf numbers`() throws {
        let ensemble = try Self.scatteredTree()
        #expect(ensemble.features == [2, 0, -1, -1, -1])
        #expect(ensemble.values == [0.5, -1, 14, 11, 10])
        #expect(ensemble.leftChildren == [1, 2, -1, -1, -1])
        #expect(ensemble.rightChildren == [4, 3, -1, -1, -1])
        #expect(ensemble.leafNumbers == [-1, -1, 4, 1, 0])
        #expect(ensemble.missingGoesLeft == [true, false, false, false, false])
        #expect(ensemble.treeStarts == [0, 5])
        #expect(ensemble.leafCount == 3)
    }

    @Test func `a forest of no trees and a tree of one leaf are forests`() throws {
        let none = try TreeEnsembleBuilder(Self.header()).finish()
        #expect(none.treeCount == 0 && none.iterationCount == 0 && none.leafCount == 0)
        #expect(ReferenceEvaluator(none).margins(of: [Float](repeating: 0, count: 3)) == [0])
        var builder = try TreeEnsembleBuilder(Self.header())
        try builder.startTree(slotCount: 1)
        try builder.leaf(node: 0, value: 2)
        try builder.endTree()
        #expect(ReferenceEvaluator(try builder.finish()).margins(of: [Float](repeating: 0, count: 3)) == [2])
    }

    @Test func `a cycle, a shared node, a missing node and an orphan are refused`() throws {
        func reason(_ splits: [(node: Int, left: Int, right: Int)], leaves: [Int]) -> TreeEnsembleFault.Reason? {
            Self.fault { () throws(TreeEnsembleFault) in
                var builder = try TreeEnsembleBuilder(Self.header())
                try builder.startTree(slotCount: 8)
                for split in splits {
                    try builder.numericalSplit(
                        node: split.node, feature: 0, threshold: 0, left: split.left, right: split.right,
                        missingGoesLeft: false)
                }
                for leaf in leaves { try builder.leaf(node: leaf, value: 0) }
                try builder.endTree()
            }
        }
        #expect(reason([(0, 1, 2)], leaves: [1, 2]) == nil)
        let notATree = "is missing, or is the child of several nodes, or its own ancestor"
        #expect(reason([(0, 1, 1)], leaves: [1]) == .inconsistent("node 1 \(notATree)"))
        #expect(reason([(0, 1, 2), (1, 1, 3)], leaves: [2, 3]) == .inconsistent("node 1 \(notATree)"))
        #expect(reason([(0, 1, 2), (1, 2, 3)], leaves: [2, 3]) == .inconsistent("node 2 \(notATree)"))
        #expect(reason([(0, 1, 2)], leaves: [1]) == .inconsistent("node 2 \(notATree)"))
        #expect(reason([(0, 1, 2)], leaves: [1, 2, 5]) == .inconsistent("1 nodes have no parent"))
        #expect(reason([(0, 0, 1)], leaves: [1]) == .inconsistent("child 0 of node 0 is not a node below it"))
        #expect(reason([(0, 1, 8)], leaves: [1]) == .inconsistent("child 8 of node 0 is not a node below it"))
        #expect(reason([(0, 1, 2)], leaves: [1, 2, 2]) == .inconsistent("node 2 appears twice"))
        #expect(reason([], leaves: []) == .inconsistent("node 0 \(notATree)"))
    }

    @Test func `features, thresholds and leaves must be what their names say`() {
        func reason(feature: Int, threshold: Double, leaf: Double) -> TreeEnsembleFault.Reason? {
            Self.fault { () throws(TreeEnsembleFault) in
                var builder = try TreeEnsembleBuilder(Self.header())
                try builder.startTree(slotCount: 3)
                try builder.leaf(node: 1, value: leaf)
                try builder.leaf(node: 2, value: 0)
                try builder.numericalSplit(
                    node: 0, feature: feature, threshold: threshold, left: 1, right: 2, missingGoesLeft: false)
                try builder.endTree()
            }
        }
        #expect(reason(feature: 2, threshold: .infinity, leaf: 0) == nil)
        #expect(reason(feature: 3, threshold: 0, leaf: 0) == .inconsistent("node 0 tests feature 3 of 3"))
        #expect(reason(feature: -1, threshold: 0, leaf: 0) == .inconsistent("node 0 tests feature -1 of 3"))
        #expect(reason(feature: 0, threshold: .nan, leaf: 0) == .inconsistent("the threshold of node 0 is NaN"))
        #expect(reason(feature: 0, threshold: 0, leaf: .infinity) == .inconsistent("the value of leaf 1 is not finite"))
    }

    @Test func `a header that contradicts itself is refused`() {
        func reason(_ change: (inout TreeEnsembleBuilder.Header) -> Void) -> TreeEnsembleFault.Reason? {
            var header = Self.header()
            change(&header)
            return Self.fault { () throws(TreeEnsembleFault) in _ = try TreeEnsembleBuilder(header) }
        }
        #expect(reason { _ in } == nil)
        #expect(reason { $0.featureNames = ["a"] } == .inconsistent("1 names for 3 features"))
        #expect(reason { $0.baseMargins = [] } == .inconsistent("0 base values for 1 margins"))
        #expect(reason { $0.baseMargins = [.nan] } == .inconsistent("a base value is not finite"))
        #expect(reason { $0.task = .classification(classCount: 3) } == .inconsistent("3 classes for 1 margins"))
        #expect(
            reason {
                $0.task = .classification(classCount: 2)
                $0.classLabels = ["a"]
            } == .inconsistent("1 labels for 2 classes"))
    }

    @Test func `each limit is met and not crossed`() throws {
        func reason(_ change: (inout TreeEnsembleBuilder.Header) -> Void) -> TreeEnsembleFault.Reason? {
            var header = Self.header()
            change(&header)
            return Self.fault { () throws(TreeEnsembleFault) in _ = try TreeEnsembleBuilder(header) }
        }
        let features = TreeEnsembleLimits.featureCount
        #expect(reason { $0.featureCount = features } == nil)
        #expect(
            reason { $0.featureCount = features + 1 }
                == .limit(what: "features", value: features + 1, limit: features))
        let margins = TreeEnsembleLimits.marginCount
        #expect(
            reason {
                $0.marginCount = margins
                $0.baseMargins = Array(repeating: 0, count: margins)
            } == nil)
        #expect(
            reason { $0.marginCount = margins + 1 }
                == .limit(what: "margins per row", value: margins + 1, limit: margins))
        #expect(Self.fault { () throws(TreeEnsembleFault) in try Self.chain(depth: TreeEnsembleLimits.depth) } == nil)
        let depth = TreeEnsembleLimits.depth + 1
        #expect(
            Self.fault { () throws(TreeEnsembleFault) in try Self.chain(depth: depth) }
                == .limit(what: "levels of a tree", value: depth, limit: depth - 1))
        let nodes = TreeEnsembleLimits.nodeCount + 1
        #expect(
            Self.fault { () throws(TreeEnsembleFault) in
                var builder = try TreeEnsembleBuilder(Self.header())
                try builder.startTree(slotCount: nodes)
            } == .limit(what: "nodes", value: nodes, limit: nodes - 1))
    }

    /// Builds a tree whose right children form a chain.
    private static func chain(depth: Int) throws(TreeEnsembleFault) {
        var builder = try TreeEnsembleBuilder(header())
        try builder.startTree(slotCount: 2 * depth + 1)
        for level in 0..<depth {
            try builder.numericalSplit(
                node: 2 * level, feature: 0, threshold: 0, left: 2 * level + 1, right: 2 * level + 2,
                missingGoesLeft: false)
            try builder.leaf(node: 2 * level + 1, value: 1)
        }
        try builder.leaf(node: 2 * depth, value: 1)
        try builder.endTree()
    }

    @Test func `an oblivious tree has as many leaves as its splits need`() throws {
        func reason(depth: Int, leafCount: Int, threshold: Double = 0) -> TreeEnsembleFault.Reason? {
            Self.fault { () throws(TreeEnsembleFault) in
                var builder = try TreeEnsembleBuilder(Self.header(), form: .oblivious)
                let split = TreeEnsembleBuilder.ObliviousSplit(
                    feature: 0, threshold: threshold, missingGoesLeft: true)
                try builder.obliviousTree(
                    splits: Array(repeating: split, count: depth), leafValues: Array(repeating: 0, count: leafCount))
            }
        }
        #expect(reason(depth: 0, leafCount: 1) == nil)
        let depth = TreeEnsembleLimits.obliviousDepth
        #expect(reason(depth: depth, leafCount: 1 << depth) == nil)
        #expect(reason(depth: 2, leafCount: 3) == .inconsistent("3 leaf values where 2 splits need 4"))
        #expect(reason(depth: 1, leafCount: 2, threshold: .nan) == .inconsistent("the threshold of split 0 is NaN"))
        #expect(
            reason(depth: depth + 1, leafCount: 1 << (depth + 1))
                == .limit(what: "splits of an oblivious tree", value: depth + 1, limit: depth))
    }

    @Test func `a range of rounds keeps its trees and nothing else`() throws {
        var builder = try TreeEnsembleBuilder(Self.header())
        for round in 0..<3 {
            for tree in 0..<2 {
                try builder.startTree(slotCount: 3)
                try builder.numericalSplit(
                    node: 0, feature: tree, threshold: 0, left: 1, right: 2, missingGoesLeft: false)
                try builder.leaf(node: 1, value: Double(round))
                try builder.leaf(node: 2, value: Double(10 * round + tree))
                try builder.endTree()
            }
            builder.endIteration()
        }
        let whole = try builder.finish(defaultIterationCount: 2)
        #expect(whole.treeCount == 6 && whole.defaultTreeCount == 4 && whole.iterationCount == 3)
        let middle = whole.keeping(iterations: 1..<2)
        #expect(middle.treeCount == 2 && middle.nodeCount == 6 && middle.iterationStarts == [0, 2])
        #expect(middle.leftChildren == [1, -1, -1, 4, -1, -1])
        #expect(ReferenceEvaluator(middle).margins(of: [Float(1), 1, 0]) == [21])
        #expect(whole.keepingDefaultTrees().treeCount == 4)
        #expect(whole.keeping(iterations: 3..<3).treeCount == 0)
    }
}
