import LinuxSystem
import Synchronization

/// What one loop counts about the batches of one model version, by their number of rows.
///
/// Figures are made when a size first occurs, in blocks that stay where they are, so that any thread may read them
/// meanwhile.
///
/// - Units: rows and nanoseconds.
/// - Isolation: written by the owning loop; read by any thread through relaxed loads.
/// - Complexity: counting searches at most `MetricsLimits.largeBatchSizes` sizes, for batches of many rows; it
///   allocates at the first sight of a size only.
final class BatchSizeCounters: Sendable {
    /// What is known about batches of one size.
    struct Figures: Equatable, Sendable {
        var count: UInt64 = 0
        var readNanoseconds: UInt64 = 0
        var computeNanoseconds: UInt64 = 0
        var writeNanoseconds: UInt64 = 0

        static func + (left: Figures, right: Figures) -> Figures {
            Figures(
                count: left.count &+ right.count, readNanoseconds: left.readNanoseconds &+ right.readNanoseconds,
                computeNanoseconds: left.computeNanoseconds &+ right.computeNanoseconds,
                writeNanoseconds: left.writeNanoseconds &+ right.writeNanoseconds)
        }
    }

    /// Cells of one size's figures.
    private static let width = 4
    /// The cell of a figure that grows when answers have been written.
    private static let writeCell = 3
    /// Sizes in a block whose sizes follow from their places.
    private static let sizesPerBlock = CounterBlock.size / width
    /// Sizes in a block that holds the sizes, too.
    private static let namedSizesPerBlock = CounterBlock.size / (width + 1)

    /// Sizes 1…16, which most batches have: there from the start, and found without the look-up of a reference.
    private let smallest = CounterBlock()
    /// Sizes 1…16 (never made), 17…32, and so on.
    private let small: InlineArray<32, AtomicLazyReference<CounterBlock>>
    /// Larger sizes in the order of their first sight; a size of 0 ends them.
    private let large: InlineArray<2, AtomicLazyReference<CounterBlock>>
    /// Powers of two.
    private let merged = AtomicLazyReference<CounterBlock>()

    init() {
        small = InlineArray { _ in AtomicLazyReference() }
        large = InlineArray { _ in AtomicLazyReference() }
        precondition(
            small.count * Self.sizesPerBlock == MetricsLimits.smallBatchRowCount
                && large.count * Self.namedSizesPerBlock == MetricsLimits.largeBatchSizes
                && MetricsLimits.mergedBatchExponents.count <= Self.sizesPerBlock,
            "there is a place for every size that has one")
    }

    // MARK: Counting

    /// Adds to the figures of a size, which is at least one row.
    func add(_ figures: Figures, rowCount: Int) {
        precondition(rowCount > 0, "a batch has rows")
        let (block, first) = place(of: rowCount)
        block.add(figures.count, to: first)
        block.add(figures.readNanoseconds, to: first &+ 1)
        block.add(figures.computeNanoseconds, to: first &+ 2)
        block.add(figures.writeNanoseconds, to: first &+ 3)
    }

    /// Adds to the time of writing answers of a size that has occurred.
    func add(writeNanoseconds: UInt64, rowCount: Int) {
        let (block, first) = place(of: rowCount)
        block.add(writeNanoseconds, to: first &+ Self.writeCell)
    }

    private func place(of rowCount: Int) -> (block: CounterBlock, first: Int) {
        if rowCount <= Self.sizesPerBlock { return (smallest, (rowCount &- 1) &* Self.width) }
        guard rowCount > MetricsLimits.smallBatchRowCount else {
            let (block, place) = (rowCount &- 1).quotientAndRemainder(dividingBy: Self.sizesPerBlock)
            return (small[block].load() ?? small[block].storeIfNil(CounterBlock()), place &* Self.width)
        }
        for index in 0..<large.count {
            let block = large[index].load() ?? large[index].storeIfNil(CounterBlock())
            for place in 0..<Self.namedSizesPerBlock {
                let cell = place &* (Self.width &+ 1)
                let size = block.value(at: cell)
                if size == 0 { block.set(UInt64(rowCount), at: cell) }
                if size == 0 || size == UInt64(rowCount) { return (block, cell &+ 1) }
            }
        }
        let exponents = MetricsLimits.mergedBatchExponents
        let exponent = Int.bitWidth - (rowCount - 1).leadingZeroBitCount
        let place = min(max(exponent, exponents.lowerBound), exponents.upperBound) - exponents.lowerBound
        return (merged.load() ?? merged.storeIfNil(CounterBlock()), place * Self.width)
    }

    // MARK: Reading

    /// Reports every size that has occurred, with what is known about it.
    ///
    /// A size may be reported twice: by itself, and as the power of two under which others are counted.
    func forEach(_ report: (_ rowCount: Int, _ figures: Figures) -> Void) {
        for index in 0..<small.count {
            guard let block = index == 0 ? smallest : small[index].load() else { continue }
            for place in 0..<Self.sizesPerBlock {
                let figures = Self.figures(in: block, at: place * Self.width)
                if figures.count > 0 { report(index * Self.sizesPerBlock + place + 1, figures) }
            }
        }
        for index in 0..<large.count {
            guard let block = large[index].load() else { continue }
            for place in 0..<Self.namedSizesPerBlock {
                let cell = place * (Self.width + 1)
                let figures = Self.figures(in: block, at: cell + 1)
                if figures.count > 0 { report(Int(block.value(at: cell)), figures) }
            }
        }
        guard let block = merged.load() else { return }
        for (place, exponent) in MetricsLimits.mergedBatchExponents.enumerated() {
            let figures = Self.figures(in: block, at: place * Self.width)
            if figures.count > 0 { report(1 << exponent, figures) }
        }
    }

    private static func figures(in block: CounterBlock, at first: Int) -> Figures {
        Figures(
            count: block.value(at: first), readNanoseconds: block.value(at: first + 1),
            computeNanoseconds: block.value(at: first + 2), writeNanoseconds: block.value(at: first + 3))
    }
}
