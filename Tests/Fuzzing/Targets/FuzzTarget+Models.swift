import TreeEnsembles

extension FuzzTarget {
    /// Every format of model files: what is read can be evaluated, and all engines give the same bits.
    static let models = TreeEnsembleFormats.platforms.map { platform in
        FuzzTarget(name: "model-" + platform) { input in
            do throws(TreeEnsembleFault) {
                let ensemble = try TreeEnsembleFormats.load(fileName: "m", bytes: input.span, platform: platform)
                evaluate(ensemble)
            } catch {
                precondition(error.byteOffset.map { $0 >= 0 && $0 <= input.count } ?? true, "a place in the file")
            }
        }
    }

    private static func evaluate(_ ensemble: TreeEnsemble) {
        // Small inputs can claim wide rows; evaluating them shows nothing more.
        guard ensemble.featureCount <= 1_000, ensemble.marginCount <= 100, ensemble.treeCount <= 1_000 else { return }
        let values: [Float] = [0, -1, 0.5, 3, 1_000_000, .nan, .infinity]
        let rows = (0..<7 * ensemble.featureCount).map { values[($0 * 5 + $0 / 7) % values.count] }
        var first: [UInt64]?
        for engine in TreeEngines.compileAll(ensemble, instructionSet: .baseline) {
            var margins = [Double](repeating: 0, count: 7 * ensemble.marginCount)
            var span = margins.mutableSpan
            engine.evaluate(rows: rows.span, rowCount: 7, scratch: engine.makeScratch(), margins: &span)
            let bits = margins.map { $0.isNaN ? 1 << 63 : $0.bitPattern }
            precondition(first == nil || first == bits, "all engines give the same margins")
            first = bits
        }
        precondition(first != nil, "some engine takes every forest")
    }
}
