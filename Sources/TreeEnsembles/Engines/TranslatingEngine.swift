import LinuxSystem

/// Translates rows for an engine that takes float32 rows and numerical questions only.
///
/// It is put in front of an engine for forests that compare doubles, ask for categories or take zero for missing; rows
/// that need no translation pass through. It is the only engine that takes rows of doubles.
package final class TranslatingEngine: TreeEngine {
    /// The name of the engine that does the work.
    package var name: String { engine.name }
    package let featureCount: Int
    package var marginCount: Int { engine.marginCount }
    package var treeCount: Int { engine.treeCount }
    package var instructionSet: InstructionSet { engine.instructionSet }
    private let engine: any TreeEngine
    private let translation: RowTranslation
    /// Rows that are translated at a time.
    private let chunkRowCount: Int

    /// Bytes of translated rows that stay in the first caches until they are read.
    private static let chunkByteCount = 1 << 18

    init(_ engine: any TreeEngine, translation: RowTranslation) {
        precondition(engine.featureCount == translation.columns.count, "translated rows are the engine's")
        self.engine = engine
        self.translation = translation
        featureCount = translation.featureCount
        let rowByteCount = max(translation.columns.count, 1) * 4
        // Whole blocks of the engines, if they fit.
        chunkRowCount = max(1, min(512, Self.chunkByteCount / rowByteCount / 64 * 64))
    }

    package func makeScratch() -> TreeScratch {
        TranslatingScratch(of: self, engine: engine, valueCount: chunkRowCount * translation.columns.count)
    }

    package func evaluate(rows: Span<Float>, rowCount: Int, scratch: TreeScratch, margins: inout MutableSpan<Double>) {
        let scratch = checked(scratch)
        if translation.leavesFloatsAlone {
            engine.evaluate(rows: rows, rowCount: rowCount, scratch: scratch.inner, margins: &margins)
            return
        }
        precondition(rowCount >= 0 && rows.count >= rowCount * featureCount, "rows are featureCount values each")
        var first = 0
        while first < rowCount {
            let count = min(chunkRowCount, rowCount - first)
            scratch.rows.withMutableSpan { translated in
                translation.translate(
                    rows: rows.extracting((first * featureCount)...), rowCount: count, into: &translated)
            }
            evaluateChunk(first, count, scratch, &margins)
            first += count
        }
    }

    /// Computes the margins of rows of doubles.
    ///
    /// - Shape: as `evaluate(rows:)`.
    package func evaluate(rows: Span<Double>, rowCount: Int, scratch: TreeScratch, margins: inout MutableSpan<Double>) {
        precondition(rowCount >= 0 && rows.count >= rowCount * featureCount, "rows are featureCount values each")
        let scratch = checked(scratch)
        var first = 0
        while first < rowCount {
            let count = min(chunkRowCount, rowCount - first)
            scratch.rows.withMutableSpan { translated in
                translation.translate(
                    rows: rows.extracting((first * featureCount)...), rowCount: count, into: &translated)
            }
            evaluateChunk(first, count, scratch, &margins)
            first += count
        }
    }

    package func leafIndices(
        rows: Span<Float>, rowCount: Int, scratch: TreeScratch, leaves: inout MutableSpan<Int32>
    ) {
        let scratch = checked(scratch)
        if translation.leavesFloatsAlone {
            engine.leafIndices(rows: rows, rowCount: rowCount, scratch: scratch.inner, leaves: &leaves)
            return
        }
        precondition(rowCount >= 0 && rows.count >= rowCount * featureCount, "rows are featureCount values each")
        var first = 0
        while first < rowCount {
            let count = min(chunkRowCount, rowCount - first)
            scratch.rows.withMutableSpan { translated in
                translation.translate(
                    rows: rows.extracting((first * featureCount)...), rowCount: count, into: &translated)
            }
            findLeaves(first, count, scratch, &leaves)
            first += count
        }
    }

    /// Computes the leaves of rows of doubles.
    ///
    /// - Shape: as `leafIndices(rows:)`.
    package func leafIndices(
        rows: Span<Double>, rowCount: Int, scratch: TreeScratch, leaves: inout MutableSpan<Int32>
    ) {
        precondition(rowCount >= 0 && rows.count >= rowCount * featureCount, "rows are featureCount values each")
        let scratch = checked(scratch)
        var first = 0
        while first < rowCount {
            let count = min(chunkRowCount, rowCount - first)
            scratch.rows.withMutableSpan { translated in
                translation.translate(
                    rows: rows.extracting((first * featureCount)...), rowCount: count, into: &translated)
            }
            findLeaves(first, count, scratch, &leaves)
            first += count
        }
    }

    private func evaluateChunk(
        _ first: Int, _ count: Int, _ scratch: TranslatingScratch, _ margins: inout MutableSpan<Double>
    ) {
        var part = margins._mutatingExtracting((first * marginCount)..<((first + count) * marginCount))
        scratch.rows.withSpan { rows in
            engine.evaluate(rows: rows, rowCount: count, scratch: scratch.inner, margins: &part)
        }
    }

    private func findLeaves(
        _ first: Int, _ count: Int, _ scratch: TranslatingScratch, _ leaves: inout MutableSpan<Int32>
    ) {
        var part = leaves._mutatingExtracting((first * treeCount)..<((first + count) * treeCount))
        scratch.rows.withSpan { rows in
            engine.leafIndices(rows: rows, rowCount: count, scratch: scratch.inner, leaves: &part)
        }
    }

    private func checked(_ scratch: TreeScratch) -> TranslatingScratch {
        guard let own = scratch as? TranslatingScratch, own.engine === self else {
            preconditionFailure("the scratch was made by this engine")
        }
        return own
    }
}

/// The memory of one thread that translates rows.
private final class TranslatingScratch: TreeScratch {
    let inner: TreeScratch
    /// The translated rows of the chunk in work.
    var rows: AlignedArray<Float>

    init(of engine: TranslatingEngine, engine inner: any TreeEngine, valueCount: Int) {
        self.inner = inner.makeScratch()
        rows = AlignedArray(count: valueCount, repeating: 0)
        super.init(of: engine)
    }
}
