import LinuxSystem

/// LightGBM models saved as text (`save_model("model.txt")`), versions v2 to v4 of the format.
///
/// A header of one `key=value` per line is followed by trees, each a line `Tree=` with its number, lines of parallel
/// arrays and an empty line; behind `end of trees` stand importances and training parameters, which do not count.
/// Neither do `pandas_categorical` and `feature_infos`: rows are expected to hold category numbers already.
///
/// - Source: LightGBM 4.7.0, `src/boosting/gbdt_model_text.cpp`, `src/io/tree.cpp`, `include/LightGBM/tree.h`.
///   Semantic choices: values and thresholds are float64 and x ≤ t goes left; leaves, to which shrinkage and dart's
///   weights have been applied, are summed in float64 from zero in the order of trees, of which tree t belongs to
///   margin t mod `num_tree_per_iteration`; missing values, values near zero and categories as `LightGBMTree` says;
///   links as `LightGBMObjective` says. The leaves of linear trees are functions of the row, as `LinearLeaves` says.
///   With `average_output` (`boosting=rf`) the raw score is the sum, and the link is applied to the average over the
///   rounds. A file holds the best round of early stopping only by ending there (`save_model` leaves later rounds out
///   unless told otherwise), so all its rounds serve. Names `Column_0`, `Column_1`, … are LightGBM's for features
///   without names. Refused by name: objectives, keys and versions of the format that are not known.
enum LightGBMFormat: TreeEnsembleFormat {
    static var platform: String { "lightgbm" }

    static func recognises(_ bytes: Span<UInt8>) -> Bool {
        let head = bytes.extracting(first: 64)
        var lines = LightGBMLines()
        guard let first = lines.next(in: head), head.matches(first.range, "tree"), let second = lines.next(in: head)
        else { return false }
        return head.matches(second.key, "version") || head.matches(second.key, "num_class")
    }

    static func parse(_ bytes: Span<UInt8>) throws(TreeEnsembleFault) -> TreeEnsemble {
        do throws(TreeEnsembleFault) {
            return try parseLines(bytes)
        } catch {
            var fault = error
            guard let offset = fault.byteOffset else { throw fault }
            fault.line = 1 + (0..<offset).count { bytes[$0] == UInt8(ascii: "\n") }
            // Whatever seems wrong with a last line that has no end, the rest of it is missing.
            let isEnded = bytes.count > 0 && bytes[bytes.count - 1] == UInt8(ascii: "\n")
            if !isEnded && !(offset..<bytes.count).contains(where: { bytes[$0] == UInt8(ascii: "\n") }) {
                fault.reason = .truncated
            }
            throw fault
        }
    }

    private static func parseLines(_ bytes: Span<UInt8>) throws(TreeEnsembleFault) -> TreeEnsemble {
        var lines = LightGBMLines()
        var header = LightGBMHeader()
        var next = lines.next(in: bytes)
        while let line = next, !beginsTree(line, bytes), !endsTrees(line, bytes) {
            try header.read(line, in: bytes)
            next = lines.next(in: bytes)
        }
        guard let firstBehind = next else { throw TreeEnsembleFault(.truncated, at: bytes.count) }
        var builder = try located(at: firstBehind.range.lowerBound) { () throws(TreeEnsembleFault) in
            try TreeEnsembleBuilder(header.finished())
        }
        let margins = header.marginCount
        var tree = LightGBMTree()
        while let line = next, !endsTrees(line, bytes) {
            defer { next = lines.next(in: bytes) }
            if line.range.isEmpty { continue }
            guard beginsTree(line, bytes) else {
                throw TreeEnsembleFault(.expected("a tree or the end of trees"), at: line.range.lowerBound)
            }
            let index = builder.treeCount
            try located(at: line.range.lowerBound) { () throws(TreeEnsembleFault) in
                try within("Tree=\(index)") { () throws(TreeEnsembleFault) in
                    try tree.read(&lines, in: bytes)
                    try tree.build(into: &builder, margin: index % margins)
                }
            }
            if builder.treeCount % margins == 0 { builder.endIteration() }
        }
        try header.checkTreeCount(
            builder.treeCount, endIsMarked: next != nil, at: next?.range.lowerBound ?? bytes.count)
        return try builder.finish()
    }

    private static func beginsTree(_ line: LightGBMLines.Line, _ bytes: Span<UInt8>) -> Bool {
        line.value != nil && bytes.matches(line.key, "Tree")
    }

    /// Whether a line stands behind all trees: their end or, in a file without it, what follows.
    private static func endsTrees(_ line: LightGBMLines.Line, _ bytes: Span<UInt8>) -> Bool {
        bytes.matches(line.range, "end of trees") || bytes.matches(line.range, "feature_importances:")
            || bytes.matches(line.range, "feature importances:") || bytes.matches(line.range, "parameters:")
            || bytes.matches(line.range.prefix(19), "pandas_categorical:")
    }

    /// Runs a part of the reader; the faults that it throws without a place get one.
    private static func located<Result>(
        at offset: Int, _ body: () throws(TreeEnsembleFault) -> Result
    ) throws(TreeEnsembleFault) -> Result {
        do throws(TreeEnsembleFault) {
            return try body()
        } catch {
            var fault = error
            fault.byteOffset = fault.byteOffset ?? offset
            throw fault
        }
    }
}
