/// Trees of any shape as CBM stores them: a list of steps, each with the distances to its children.
///
/// - Layout: a step is two 16-bit distances forward, left and right; 0 means that there is no child and the leaf of the
///   step itself is reached, so that a step with one child is a split with a leaf on its other side.
/// - Source: `TNonSymmetricTreeStepNode` and `NonSymmetricNodeIdToLeafId` of CatBoost 1.2.10; the latter holds the
///   position of a step's first leaf value.
struct CatBoostSteps {
    /// Bytes of the steps.
    let steps: Range<Int>
    /// Bytes of the leaf positions, one per step.
    let leafNumbers: Range<Int>
    /// The question of each step.
    let questions: [CatBoostModel.Question]

    /// Reads the trees.
    ///
    /// - Parameter treeSizes: steps of each tree, together as many as there are.
    func read(
        treeSizes: [Int], _ bytes: Span<UInt8>, into model: inout CatBoostModel
    ) throws(TreeEnsembleFault) {
        var firstStep = 0
        for size in treeSizes {
            let firstNode = model.nodes.count
            model.treeStarts.append(firstNode)
            // Leaves on the other side of steps with one child come behind the tree's steps.
            var furtherLeaves: [CatBoostModel.Node] = []
            for index in 0..<size {
                let step = firstStep + index
                let distances = try FlatBufferTable.read(4, at: steps.lowerBound + 4 * step, in: bytes)
                let left = Int(distances & 0xffff)
                let right = Int(distances >> 16)
                guard index + max(left, right) < size else {
                    throw TreeEnsembleFault(
                        .inconsistent("step \(step) leads out of its tree"), field: "NonSymmetricStepNodes",
                        at: steps.lowerBound + 4 * step)
                }
                if left == 0 && right == 0 {
                    model.nodes.append(try leaf(ofStep: step, width: model.leafWidth, bytes))
                    continue
                }
                let besides = firstNode + size + furtherLeaves.count
                model.nodes.append(
                    .split(
                        questions[step], left: left == 0 ? besides : firstNode + index + left,
                        right: right == 0 ? besides : firstNode + index + right))
                if left == 0 || right == 0 {
                    furtherLeaves.append(try leaf(ofStep: step, width: model.leafWidth, bytes))
                }
            }
            model.nodes += furtherLeaves
            firstStep += size
        }
    }

    private func leaf(
        ofStep step: Int, width: Int, _ bytes: Span<UInt8>
    ) throws(TreeEnsembleFault) -> CatBoostModel.Node {
        let place = leafNumbers.lowerBound + 4 * step
        let position = Int(try FlatBufferTable.read(4, at: place, in: bytes))
        guard position % width == 0 else {
            throw TreeEnsembleFault(
                .inconsistent("leaf value \(position) begins no leaf of \(width) values"),
                field: "NonSymmetricNodeIdToLeafId", at: place)
        }
        return .leaf(position / width)
    }
}
