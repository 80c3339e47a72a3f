// What a file can cause: header and trees that contradict each other, numbers beyond the limits.

extension TreeEnsembleBuilder {
    static func check(_ header: Header) throws(TreeEnsembleFault) {
        try checkLimit("features", header.featureCount, TreeEnsembleLimits.featureCount)
        try checkLimit("margins per row", header.marginCount, TreeEnsembleLimits.marginCount)
        guard header.featureCount >= 0 && header.marginCount >= 1 else {
            throw TreeEnsembleFault(.inconsistent("a model has at least one margin and no negative count"))
        }
        guard header.baseMargins.count == header.marginCount else {
            throw TreeEnsembleFault(
                .inconsistent("\(header.baseMargins.count) base values for \(header.marginCount) margins"))
        }
        guard header.baseMargins.allSatisfy(\.isFinite) else {
            throw TreeEnsembleFault(.inconsistent("a base value is not finite"))
        }
        guard header.featureNames.isEmpty || header.featureNames.count == header.featureCount else {
            throw TreeEnsembleFault(
                .inconsistent("\(header.featureNames.count) names for \(header.featureCount) features"))
        }
        precondition(
            header.leafWidth == 1 || header.leafWidth == header.marginCount, "a leaf has one value or one per margin")
        if case .average(let divisor) = header.summation, !(divisor > 0 && divisor.isFinite) {
            throw TreeEnsembleFault(.inconsistent("sums are divided by \(divisor)"))
        }
        if LinkFunction(link: header.link, precision: header.sumPrecision).needsWholeRow {
            guard Self.hasRowsOfItsLink(header), header.marginCount > 1 else {
                throw TreeEnsembleFault(.inconsistent("softmax of something else than several classes"))
            }
        }
        if case .multiLabel(let labelCount) = header.task {
            guard labelCount == header.marginCount else {
                throw TreeEnsembleFault(.inconsistent("\(labelCount) labels for \(header.marginCount) margins"))
            }
        }
        if case .classification(let classCount) = header.task {
            guard classCount == (header.marginCount == 1 ? 2 : header.marginCount) else {
                throw TreeEnsembleFault(.inconsistent("\(classCount) classes for \(header.marginCount) margins"))
            }
            guard header.classLabels.isEmpty || header.classLabels.count == classCount else {
                throw TreeEnsembleFault(.inconsistent("\(header.classLabels.count) labels for \(classCount) classes"))
            }
        }
    }

    private static func hasRowsOfItsLink(_ header: Header) -> Bool {
        switch (header.task, header.link) {
        case (.regression, .meanAndVariance): header.marginCount == 2
        // ONNX's regressors give shares of their targets.
        case (.classification, _), (.regression, .narrowSoftmax): true
        default: false
        }
    }

    static func checkLimit(_ what: String, _ value: Int, _ limit: Int) throws(TreeEnsembleFault) {
        guard value <= limit else { throw TreeEnsembleFault(.limit(what: what, value: value, limit: limit)) }
    }

    func checkNewTree(margin: Int) throws(TreeEnsembleFault) {
        try Self.checkLimit("trees", ensemble.treeCount + 1, TreeEnsembleLimits.treeCount)
        guard margin >= 0 && margin < ensemble.marginCount else {
            throw TreeEnsembleFault(.inconsistent("the tree adds to margin \(margin) of \(ensemble.marginCount)"))
        }
    }

    func checkFeature(_ feature: Int, of place: String) throws(TreeEnsembleFault) {
        guard feature >= 0 && feature < ensemble.featureCount else {
            throw TreeEnsembleFault(
                .inconsistent("\(place) tests feature \(feature) of \(ensemble.featureCount)"))
        }
    }

    func checkLeafValue(_ value: Double, of node: Int) throws(TreeEnsembleFault) {
        // Of several margins a tree may have no leaf for some: what changes no minimum or maximum stands for none.
        if let none = ensemble.summation.absentLeaf, value == none && ensemble.leafWidth > 1 { return }
        guard value.isFinite else {
            throw TreeEnsembleFault(.inconsistent("the value of leaf \(node) is not finite"))
        }
        precondition(
            ensemble.sumPrecision == .float64 || Double(Float(value)) == value,
            "a leaf is representable in the precision of sums")
    }
}

extension TreeEnsemble.Summation {
    /// What stands for the leaf of a tree that has none for a margin, where that is not 0.
    var absentLeaf: Double? {
        switch self {
        case .least: .infinity
        case .greatest: -.infinity
        case .baseFirst, .baseLast, .average: nil
        }
    }
}
