/// Treelite's checkpoints (`Model.serialize`), versions 3.9 and 4, which Triton's FIL backend reads as `checkpoint.tl`.
///
/// Little-endian without magic number: a header with the writer's version, then each tree as typed arrays, or in
/// version 3 as an array of node records. `TreeliteHeader` reads what the model says of itself, `TreeliteTree` a tree.
/// Answers are those of Treelite's own inference, GTIL, of version 4, also for checkpoints of version 3.
///
/// - Source: Treelite 4.8.1, `src/serializer.cc` and `src/gtil/predict.cc`. Semantic choices: inputs, thresholds,
///   leaves and sums are all float32 or all float64; a node's operator picks the left child where it holds; NaN follows
///   `default_left`; a category is a value that is not negative without its fraction; sums begin with 0, are divided by
///   the number of trees where the model averages, and base scores, doubles, are added last.
enum TreeliteCheckpointFormat: TreeEnsembleFormat {
    static var platform: String { "treelite_checkpoint" }

    static func recognises(_ bytes: Span<UInt8>) -> Bool {
        // The version's first number, two more, and two element types.
        guard bytes.count >= 14, bytes[0] == 3 || bytes[0] == 4 else { return false }
        for zero in [1, 2, 3, 6, 7, 10, 11] where bytes[zero] != 0 { return false }
        return (1...3).contains(bytes[12]) && (1...3).contains(bytes[13])
    }

    static func parse(_ bytes: Span<UInt8>) throws(TreeEnsembleFault) -> TreeEnsemble {
        var cursor = TreeliteCursor()
        let header = try TreeliteHeader(&cursor, bytes)
        // Operators decide the comparison of the whole forest, so trees are read before any is built.
        var trees: [TreeliteTree] = []
        for index in 0..<header.treeCount {
            try within("trees[\(index)]") { () throws(TreeEnsembleFault) in
                trees.append(try TreeliteTree(&cursor, bytes, header))
            }
        }
        guard cursor.offset == bytes.count else {
            throw TreeEnsembleFault(.malformed("bytes behind the last tree"), at: cursor.offset)
        }
        return try build(trees, header)
    }

    private static func build(
        _ trees: [TreeliteTree], _ header: TreeliteHeader
    ) throws(TreeEnsembleFault) -> TreeEnsemble {
        let comparison = TreeEnsembleBuilder.comparison(of: trees.lazy.flatMap(\.operators))
        var builder = try TreeEnsembleBuilder(try header.builderHeader(comparison: comparison))
        var wordCount = 0
        for (index, tree) in trees.enumerated() {
            try within("trees[\(index)]") { () throws(TreeEnsembleFault) in
                try tree.build(into: &builder, margin: try header.margin(ofTree: index), wordCount: &wordCount)
            }
        }
        return try builder.finish()
    }
}
