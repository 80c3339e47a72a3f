import LinuxSystem

/// Translates rows for an engine that takes float32 rows and numerical questions only.
///
/// It is put in front of an engine for forests that compare doubles, ask for categories or take zero for missing; rows
/// that need no translation pass through.
package final class TranslatingEngine: WideTreeEngine {
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

    package var tableByteCount: Int { engine.tableByteCount + translation.byteCount }

    package func makeScratch() -> TreeScratch {
        TranslatingScratch(of: self, engine: engine, valueCount: chunkRowCount * translation.columns.count)
    }

    package func calibrate(clock: () -> Int64) { engine.calibrate(clock: clock) }

    package func evaluate(rows: Span<Float>, rowCount: Int, scratch: TreeScratch, margins: inout MutableSpan<Double>) {
        let scratch = checked(scratch)
        if translation.leavesFloatsAlone {
            engine.evaluate(rows: rows, rowCount: rowCount, scratch: scratch.inner, margins: &margins)
            return
        }
        forEachChunk(rowCount, valueCount: rows.count) { chunk in
            translate(rows, chunk, scratch)
            evaluate(chunk, scratch, &margins)
        }
    }

    package func evaluate(rows: Span<Double>, rowCount: Int, scratch: TreeScratch, margins: inout MutableSpan<Double>) {
        let scratch = checked(scratch)
        forEachChunk(rowCount, valueCount: rows.count) { chunk in
            translate(rows, chunk, scratch)
            evaluate(chunk, scratch, &margins)
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
        forEachChunk(rowCount, valueCount: rows.count) { chunk in
            translate(rows, chunk, scratch)
            findLeaves(chunk, scratch, &leaves)
        }
    }

    package func leafIndices(
        rows: Span<Double>, rowCount: Int, scratch: TreeScratch, leaves: inout MutableSpan<Int32>
    ) {
        let scratch = checked(scratch)
        forEachChunk(rowCount, valueCount: rows.count) { chunk in
            translate(rows, chunk, scratch)
            findLeaves(chunk, scratch, &leaves)
        }
    }

    /// Calls `body` with ranges of rows that fit the scratch.
    private func forEachChunk(_ rowCount: Int, valueCount: Int, _ body: (Range<Int>) -> Void) {
        precondition(rowCount >= 0 && valueCount >= rowCount * featureCount, "rows are featureCount values each")
        for first in stride(from: 0, to: rowCount, by: chunkRowCount) {
            body(first..<min(first + chunkRowCount, rowCount))
        }
    }

    private func translate(_ rows: Span<Float>, _ chunk: Range<Int>, _ scratch: TranslatingScratch) {
        scratch.rows.withMutableSpan { translated in
            translation.translate(
                rows: rows.extracting((chunk.lowerBound * featureCount)...), rowCount: chunk.count, into: &translated)
        }
    }

    private func translate(_ rows: Span<Double>, _ chunk: Range<Int>, _ scratch: TranslatingScratch) {
        scratch.rows.withMutableSpan { translated in
            translation.translate(
                rows: rows.extracting((chunk.lowerBound * featureCount)...), rowCount: chunk.count, into: &translated)
        }
    }

    private func evaluate(
        _ chunk: Range<Int>, _ scratch: TranslatingScratch, _ margins: inout MutableSpan<Double>
    ) {
        var part = margins._mutatingExtracting((chunk.lowerBound * marginCount)..<(chunk.upperBound * marginCount))
        scratch.rows.withSpan { rows in
            engine.evaluate(rows: rows, rowCount: chunk.count, scratch: scratch.inner, margins: &part)
        }
    }

    private func findLeaves(
        _ chunk: Range<Int>, _ scratch: TranslatingScratch, _ leaves: inout MutableSpan<Int32>
    ) {
        var part = leaves._mutatingExtracting((chunk.lowerBound * treeCount)..<(chunk.upperBound * treeCount))
        scratch.rows.withSpan { rows in
            engine.leafIndices(rows: rows, rowCount: chunk.count, scratch: scratch.inner, leaves: &part)
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
