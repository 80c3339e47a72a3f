// From the content of a document to a forest.

extension XGBoostModel {
    consuming func build() throws(TreeEnsembleFault) -> TreeEnsemble {
        try checkBooster()
        guard let featureCount else {
            throw TreeEnsembleFault(.missing, field: "learner.learner_model_param.num_feature")
        }
        try checkTreeCounts()
        let header = try header(featureCount: featureCount)
        var builder = try within("learner") { () throws(TreeEnsembleFault) in try TreeEnsembleBuilder(header) }
        let starts = try iterationStarts(treesAtOnce: header.marginCount / header.leafWidth)
        var iteration = 1
        var categoryWordCount = 0
        builder.reserve(
            nodeCount: trees.reduce(0) { $0 + $1.leftChildren.count },
            hasCovers: !trees.contains(where: \.hessianSums.isEmpty))
        for index in trees.indices {
            // A tree is let go when it has been built, so that the forest grows while its source shrinks.
            var tree = XGBoostTree()
            swap(&tree, &trees[index])
            let weight = boosterName == "dart" ? treeWeights[index] : nil
            try within("learner.gradient_booster.model.trees[\(index)]") { () throws(TreeEnsembleFault) in
                try tree.build(
                    into: &builder, margin: Int(treeMargins[index]), weight: weight,
                    categoryWordCount: &categoryWordCount)
            }
            if Int(starts[iteration]) == builder.treeCount {
                builder.endIteration()
                iteration += 1
            }
        }
        // A sliced model keeps the attribute of the model that it was cut from.
        let iterationCount = starts.count - 1
        return try builder.finish(defaultIterationCount: bestIteration.map { min($0 + 1, iterationCount) })
    }

    /// Refuses boosters that are not of trees.
    func checkBooster() throws(TreeEnsembleFault) {
        guard boosterName == "gbtree" || boosterName == "dart" else {
            throw TreeEnsembleFault(
                boosterName.isEmpty ? .missing : .unsupported("booster \"\(boosterName)\""),
                field: "learner.gradient_booster.name")
        }
    }

    /// Brings a base score that is a margin, as files of versions before 1.0 have it, into the form of later ones.
    ///
    /// - Source: `LearnerIO::LoadModel`, which leaves objectives of several classes alone.
    mutating func takeBaseScoreForMargin() {
        guard let objective = XGBoostObjective(name: objectiveName), objective.link != .softmax else { return }
        let link = LinkFunction(link: objective.link, precision: .float32)
        baseScores = baseScores.map { Float(link.value(Double($0))) }
    }

    private func checkTreeCounts() throws(TreeEnsembleFault) {
        let model = "learner.gradient_booster.model"
        if let declaredTreeCount, declaredTreeCount != trees.count {
            throw TreeEnsembleFault(
                .inconsistent("\(declaredTreeCount) trees declared, \(trees.count) present"), field: "\(model).trees")
        }
        guard treeMargins.count == trees.count else {
            throw TreeEnsembleFault(
                .inconsistent("\(treeMargins.count) elements for \(trees.count) trees"), field: "\(model).tree_info")
        }
        guard boosterName != "dart" || treeWeights.count == trees.count else {
            throw TreeEnsembleFault(
                .inconsistent("\(treeWeights.count) weights for \(trees.count) trees"),
                field: "learner.gradient_booster.weight_drop")
        }
    }

    private func header(featureCount: Int) throws(TreeEnsembleFault) -> TreeEnsembleBuilder.Header {
        guard let objective = XGBoostObjective(name: objectiveName) else {
            throw TreeEnsembleFault(
                objectiveName.isEmpty ? .missing : .unsupported("objective \"\(objectiveName)\""),
                field: "learner.objective.name")
        }
        if classCount > 1 && targetCount > 1 {
            throw TreeEnsembleFault(
                .unsupported("classification of several classes with \(targetCount) targets"),
                field: "learner.learner_model_param.num_target")
        }
        let marginCount = max(classCount, targetCount, 1)
        if objective.link == .softmax && marginCount < 2 || objective.link != .softmax && classCount > 1 {
            throw TreeEnsembleFault(
                .inconsistent("\(classCount) classes for objective \"\(objectiveName)\""),
                field: "learner.learner_model_param.num_class")
        }
        guard baseScores.count == 1 || baseScores.count == marginCount else {
            throw TreeEnsembleFault(
                baseScores.isEmpty ? .missing : .inconsistent("\(baseScores.count) values for \(marginCount) margins"),
                field: "learner.learner_model_param.base_score")
        }
        let bases = baseScores.count == marginCount ? baseScores : Array(repeating: baseScores[0], count: marginCount)
        return TreeEnsembleBuilder.Header(
            trainer: "xgboost", task: task(of: objective, marginCount: marginCount), featureCount: featureCount,
            featureNames: featureNames, marginCount: marginCount, leafWidth: try leafWidth(marginCount: marginCount),
            comparison: .lessGoesLeft, sumPrecision: .float32, summation: .baseFirst, link: objective.link,
            decision: objective.decision, baseMargins: bases.map { Double(objective.baseMargin($0)) })
    }

    private func task(of objective: XGBoostObjective, marginCount: Int) -> TreeEnsemble.Task {
        guard objective.isClassification else { return .regression }
        // Each target of a binary objective is a question of its own.
        if targetCount > 1 { return .multiLabel(labelCount: targetCount) }
        return .classification(classCount: max(2, marginCount))
    }

    /// Values of a leaf, which must be alike in all trees: one, or one for each margin.
    private func leafWidth(marginCount: Int) throws(TreeEnsembleFault) -> Int {
        let width = trees.first?.leafWidth ?? 1
        for (index, tree) in trees.enumerated() where tree.leafWidth != width || width > 1 && width != marginCount {
            throw TreeEnsembleFault(
                .inconsistent("leaves of \(tree.leafWidth) values for \(marginCount) margins"),
                field: "learner.gradient_booster.model.trees[\(index)].tree_param.size_leaf_vector")
        }
        guard width == 1 || boosterName != "dart" else {
            throw TreeEnsembleFault(
                .unsupported("booster \"dart\" with leaves of several values"), field: "learner.gradient_booster.name")
        }
        return width
    }

    /// First tree of every boosting round; files before 2.0 do not say it, but then rounds are equally long.
    private func iterationStarts(treesAtOnce: Int) throws(TreeEnsembleFault) -> [Int32] {
        let field = "learner.gradient_booster.model.iteration_indptr"
        var starts = iterationStarts
        if starts.isEmpty {
            let length = parallelTreeCount * treesAtOnce
            guard trees.count % length == 0 else {
                throw TreeEnsembleFault(.inconsistent("\(trees.count) trees in rounds of \(length)"), field: field)
            }
            starts = stride(from: 0, through: trees.count, by: length).map { Int32($0) }
        }
        guard starts[0] == 0, Int(starts[starts.count - 1]) == trees.count,
            zip(starts, starts.dropFirst()).allSatisfy({ $0 < $1 })
        else { throw TreeEnsembleFault(.inconsistent("rounds that do not divide \(trees.count) trees"), field: field) }
        return starts
    }
}
